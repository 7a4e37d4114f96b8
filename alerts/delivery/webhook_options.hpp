#pragma once
// The options of a webhook (`[[alerts.webhook]]`). Header only, like rule_options.hpp.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/delivery/webhook_secret_options.hpp"
#include "alerts/rules/rule_options.hpp"
#include "config/notation/url.hpp"

namespace tapewatch::alerts {

/// See alerts/formats/message_format.hpp.
inline constexpr std::array<std::string_view, 6> kFormats = {"tapewatch", "slack",        "teams",
                                                             "pagerduty", "alertmanager", "alertmanager_webhook"};
/// PagerDuty's Events API v2.
inline constexpr std::string_view kPagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";
inline constexpr std::array<std::string_view, 5> kEvents = {"firing", "updated", "resolved", "acknowledged", "account"};
/// Those that have words for an acknowledgement.
inline constexpr std::array<std::string_view, 2> kAcknowledgingFormats = {"tapewatch", "pagerduty"};
/// Those that are told of an account, and those that are told of beginnings and ends alone.
inline constexpr std::array<std::string_view, 3> kAccountingFormats = {"tapewatch", "slack", "teams"};
inline constexpr std::array<std::string_view, 2> kBriefFormats = {"slack", "teams"};
/// Which addresses a webhook's name may lead to: those of the network and of the Internet, without the link-local ones
/// where a cloud's metadata service answers; of the Internet only; any.
inline constexpr std::array<std::string_view, 3> kReaches = {"network", "public", "any"};
inline constexpr std::size_t kMostInFlight = 100;
inline constexpr DurationBounds kTimeoutBounds{std::chrono::seconds{1}, std::chrono::minutes{2}};

struct WebhookOptions {
  std::string name;
  std::string url;
  std::optional<std::string> proxy;    ///< instead of the daemon's; empty: none
  std::string ca_file;                 ///< PEM bundle that replaces the system's authorities; empty: the system's
  std::string reach = "network";       ///< of kReaches; without a meaning behind a proxy
  std::string fallback;                ///< the webhook that is told instead once this one is off or gives up
  std::vector<WebhookSecret> secrets;  ///< several while rotating: each signs. Empty: sent unsigned
  std::string format = "tapewatch";
  std::string routing_key;  ///< of PagerDuty's integration; a secret
  std::map<std::string, std::vector<std::string>>
      match;  ///< "severity", "rule" or a label -> accepted values; all must hold
  std::vector<std::string> events = {"firing", "updated", "resolved"};
  std::chrono::milliseconds timeout = std::chrono::seconds{15};
  std::size_t max_in_flight = 16;              ///< requests at a time, each of another alert
  std::size_t max_response_bytes = 64 * 1024;  ///< bytes read from a response body
};

/// What is wrong with a webhook, for its author, without address or secret; nullopt when it is
/// valid.
inline std::optional<std::string> validate(const WebhookOptions& webhook) {
  const auto one_of = [](const auto& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (webhook.name.empty()) return "a webhook needs a name";
  if (!notation::parse_web_url(webhook.url)) return "url is an address that starts with http:// or https://";
  if (!one_of(kFormats, webhook.format)) return "there is no format \"" + webhook.format + "\"";
  if ((webhook.format == "pagerduty") != !webhook.routing_key.empty()) {
    return "routing_key, or routing_key_file, belongs to the format pagerduty, which needs it";
  }
  if (!one_of(kReaches, webhook.reach)) return "reach is one of network, public, any, not \"" + webhook.reach + "\"";
  if (webhook.fallback == webhook.name) return "fallback names the webhook itself";
  if (webhook.events.empty()) return "events names at least one of firing, updated, resolved, acknowledged, account";
  for (const std::string& event : webhook.events) {
    if (!one_of(kEvents, event)) {
      return "events takes firing, updated, resolved, acknowledged and account, not \"" + event + "\"";
    }
    if (event == "acknowledged" && !one_of(kAcknowledgingFormats, webhook.format)) {
      return "events: the format " + webhook.format + " has no words for acknowledged; leave it out";
    }
  }
  const auto is_heard = [&](const std::string& event) {
    if (event == "updated") return !one_of(kBriefFormats, webhook.format);
    return event != "account" || one_of(kAccountingFormats, webhook.format);
  };
  if (std::none_of(webhook.events.begin(), webhook.events.end(), is_heard)) {
    return "events: the format " + webhook.format + " has no words for these: the webhook would be told of nothing";
  }
  for (const auto& [name, values] : webhook.match) {
    if (values.empty()) return "match." + name + " accepts nothing: name a value or leave it out";
  }
  if (!kTimeoutBounds.hold(webhook.timeout)) return "timeout is out of bounds";
  if (webhook.max_in_flight < 1 || webhook.max_in_flight > kMostInFlight) return "max_in_flight is out of bounds";
  return std::nullopt;
}

}  // namespace tapewatch::alerts
