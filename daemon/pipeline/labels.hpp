#pragma once

#include "alerts/observation.hpp"
#include "model/prediction.hpp"
#include "storage/document/label.hpp"

namespace tapewatch {

/// Conversion of labels between islands: the model's class becomes the stored label, the stored label the one that
/// rules count. Names are only for people and JSON: storage::to_string, storage::find_label.
storage::Label to_label(model::Sentiment sentiment);
alerts::Label to_observed(storage::Label label);

}  // namespace tapewatch
