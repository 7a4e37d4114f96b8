#include "alerts/formats/message_format.hpp"

#include <stdexcept>

#include "alerts/formats/alertmanager/alertmanager_format.hpp"
#include "alerts/formats/alertmanager/alertmanager_webhook_format.hpp"
#include "alerts/formats/pagerduty/pagerduty_format.hpp"
#include "alerts/formats/slack/slack_format.hpp"
#include "alerts/formats/tapewatch/tapewatch_format.hpp"
#include "alerts/formats/teams/teams_format.hpp"

namespace tapewatch::alerts {

const MessageFormat& message_format(std::string_view name) {
  static const TapewatchFormat tapewatch;
  static const SlackFormat slack;
  static const TeamsFormat teams;
  static const PagerDutyFormat pagerduty;
  static const AlertmanagerFormat alertmanager;
  static const AlertmanagerWebhookFormat alertmanager_webhook;
  if (name == "tapewatch") return tapewatch;
  if (name == "slack") return slack;
  if (name == "teams") return teams;
  if (name == "pagerduty") return pagerduty;
  if (name == "alertmanager") return alertmanager;
  if (name == "alertmanager_webhook") return alertmanager_webhook;
  throw std::invalid_argument("there is no format \"" + std::string(name) + "\" of webhooks");
}

}  // namespace tapewatch::alerts
