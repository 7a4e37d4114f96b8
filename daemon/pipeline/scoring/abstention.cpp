#include "daemon/pipeline/scoring/abstention.hpp"

#include "daemon/pipeline/labels.hpp"

namespace tapewatch {

storage::Label label_or_abstained(model::Sentiment most_probable, double confidence, double abstain_below) {
  return confidence < abstain_below ? storage::Label::abstained : to_label(most_probable);
}

}  // namespace tapewatch
