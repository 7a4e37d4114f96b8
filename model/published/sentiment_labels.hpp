#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/prediction.hpp"

namespace tapewatch::model {

/// How a classifier's own labels are to be read.
struct LabelOptions {
  std::vector<std::pair<std::string, Sentiment>> assigned;  // label → what it means; goes before its name
  bool without_neutral = false;                             // accept a classifier that knows no neutral
};

/// `LABEL_0=negative` as an assignment. Throws ModelError.
std::pair<std::string, Sentiment> parse_label_assignment(std::string_view text);

/// What each of `labels` means. By assignment, else by its name in any case: positive, pos, bullish; neutral, neu;
/// negative, neg, bearish. Throws ModelError that says which `--label` options are needed: a label that is none of
/// these, an assignment to a label that there is not, no label for one of the three.
std::vector<Sentiment> map_labels(std::span<const std::string> labels, const LabelOptions& options);

}  // namespace tapewatch::model
