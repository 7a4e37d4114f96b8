#pragma once
// What a webhook may say (`[[alerts.webhook]]`). Header only, like rule_options.hpp.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tapewatch::alerts {

struct WebhookOptions {
  std::string name;
  std::string url;
  std::vector<std::string> secrets;  ///< whsec_…; several while rotating: each signs. Empty: sent unsigned
  std::string format = "tapewatch";
  std::map<std::string, std::vector<std::string>>
      match;  ///< "severity", "rule" or a label -> accepted values; all must hold
  std::vector<std::string> events = {"firing", "updated", "resolved"};
  std::chrono::milliseconds timeout = std::chrono::seconds{15};
  std::size_t max_response_bytes = 64 * 1024;  ///< of an answer's body that are read
};

/// What is wrong with a webhook but for its secrets (parse_secret in signature.hpp); nullopt when it can be used.
inline std::optional<std::string> validate(const WebhookOptions& webhook) {
  using namespace std::chrono_literals;
  if (webhook.name.empty()) return "a webhook needs a name";
  if (webhook.url.rfind("http://", 0) != 0 && webhook.url.rfind("https://", 0) != 0)
    return "url starts with http:// or https://";
  if (webhook.format != "tapewatch") return "format is \"tapewatch\", not \"" + webhook.format + "\"";
  if (webhook.events.empty()) return "events names at least one of firing, updated, resolved";
  for (const std::string& event : webhook.events)
    if (event != "firing" && event != "updated" && event != "resolved")
      return "events takes firing, updated and resolved, not \"" + event + "\"";
  for (const auto& [name, values] : webhook.match)
    if (values.empty()) return "match." + name + " accepts nothing: name a value or leave it out";
  if (webhook.timeout < 1s || webhook.timeout > 120s) return "timeout is from 1s to 2m";
  return std::nullopt;
}

}  // namespace tapewatch::alerts
