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

std::optional<storage::Risk> to_risk(const model::RiskScore& risk, const std::vector<std::string>& events) {
  const auto event = risk.event();
  if (!event) return std::nullopt;
  switch (risk.gravity()) {
    case model::Gravity::none:
      return std::nullopt;
    case model::Gravity::minor:
      return storage::Risk{events.at(*event), storage::Gravity::minor};
    case model::Gravity::serious:
      return storage::Risk{events.at(*event), storage::Gravity::serious};
    case model::Gravity::grave:
      return storage::Risk{events.at(*event), storage::Gravity::grave};
  }
  return std::nullopt;
}

alerts::Risk to_observed(const std::optional<storage::Risk>& risk) {
  if (!risk) return {};
  switch (risk->gravity) {
    case storage::Gravity::minor:
      return {risk->event, alerts::Gravity::minor};
    case storage::Gravity::serious:
      return {risk->event, alerts::Gravity::serious};
    case storage::Gravity::grave:
      return {risk->event, alerts::Gravity::grave};
  }
  return {};
}

}  // namespace tapewatch
