#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "model/classifier.hpp"

namespace tapewatch::model::train {

/// All texts through `threads` classifiers (at least one), in the order of the texts. The result does not depend on
/// their number. An exception of a classifier is rethrown here, after all have ended.
std::vector<Prediction> classify_parallel(const std::shared_ptr<const ModelPackage>& package,
                                          std::span<const TextInput> texts, std::size_t threads,
                                          const ReadingOptions& reading = {});

}  // namespace tapewatch::model::train
