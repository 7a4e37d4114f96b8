#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/prediction.hpp"

namespace tapewatch::model {

/// How to read a classifier's own labels.
struct LabelOptions {
  std::vector<std::pair<std::string, Sentiment>> assigned;  // label → its meaning; overrides its name
  bool without_neutral = false;                             // accept a classifier without a neutral class
};

/// `LABEL_0=negative` as an assignment. Throws ModelError.
std::pair<std::string, Sentiment> parse_label_assignment(std::string_view text);

/// The meaning of each of `labels`: by assignment, else by its name in any case: positive, pos, bullish; neutral, neu;
/// negative, neg, bearish. Throws ModelError that says which `--label` options are needed: for an unknown label, an
/// assignment to a missing label, or no label for one of the three.
std::vector<Sentiment> map_labels(std::span<const std::string> labels, const LabelOptions& options);

}  // namespace tapewatch::model
