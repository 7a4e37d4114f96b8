#pragma once

#include "model/prediction.hpp"
#include "storage/document/label.hpp"

namespace tapewatch {

/// The label of a score: its most probable class, or `abstained` if its probability is below `abstain_below`
/// (model.abstain_below, in [0, 1]; 0 never abstains). The one place where a score becomes `abstained`.
storage::Label label_or_abstained(model::Sentiment most_probable, double confidence, double abstain_below);

}  // namespace tapewatch
