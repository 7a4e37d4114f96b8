#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "model/classifier.hpp"

namespace tapewatch::model {

/// All texts through `threads` classifiers (at least one), in the order of the texts. The result is the same with any
/// number of them. What a classifier throws is thrown here, once all have ended.
std::vector<Prediction> classify_parallel(const std::shared_ptr<const ModelPackage>& package,
                                          std::span<const TextInput> texts, std::size_t threads,
                                          const ReadingOptions& reading = {});

}  // namespace tapewatch::model
