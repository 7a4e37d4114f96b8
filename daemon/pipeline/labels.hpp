#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alerts/observation.hpp"
#include "model/prediction.hpp"
#include "storage/document/label.hpp"
#include "storage/document/risk.hpp"

namespace tapewatch {

/// Conversion of labels between islands: the model's class becomes the stored label, the stored label the one that
/// rules count. Names are only for people and JSON: storage::to_string, storage::find_label.
storage::Label to_label(model::Sentiment sentiment);
alerts::Label to_observed(storage::Label label);

/// The same of risks: by the model's ids of events; nothing where it tells none.
std::optional<storage::Risk> to_risk(const model::RiskScore& risk, const std::vector<std::string>& events);
alerts::Risk to_observed(const std::optional<storage::Risk>& risk);

}  // namespace tapewatch
