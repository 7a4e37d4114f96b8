#include "daemon/pipeline/labels.hpp"

namespace tapewatch {

storage::Label to_label(model::Sentiment sentiment) {
  switch (sentiment) {
    case model::Sentiment::positive:
      return storage::Label::positive;
    case model::Sentiment::neutral:
      return storage::Label::neutral;
    case model::Sentiment::negative:
      return storage::Label::negative;
  }
  return storage::Label::unscored;
}

alerts::Label to_observed(storage::Label label) {
  switch (label) {
    case storage::Label::positive:
      return alerts::Label::positive;
    case storage::Label::neutral:
      return alerts::Label::neutral;
    case storage::Label::negative:
      return alerts::Label::negative;
    case storage::Label::abstained:
      return alerts::Label::abstained;
    case storage::Label::unscored:
      break;
  }
  return alerts::Label::unscored;
}

}  // namespace tapewatch
