#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {

/// What `tapewatch top` knows of a daemon, as its HTTP interface told it. Texts are as they came: not yet printable.
struct TopState {
  struct Alert {
    std::string rule, severity, summary;
    std::optional<TimePoint> since;
    bool acknowledged = false;
  };
  struct Source {
    std::string name, kind, state, error;
    std::int64_t documents = 0, errors = 0;
    std::optional<std::int64_t> lag;
    std::optional<TimePoint> reached;
    bool in_trouble = false;  ///< polled, and gives nothing
  };
  struct Topic {
    std::string name;
    std::int64_t stories = 0, negative = 0;
    std::optional<double> mean;
    std::vector<std::optional<double>> means;  ///< of each bucket
  };
  struct Rule {
    std::string name, state, budget;
    std::int64_t series = 0, fired = 0;
  };
  struct Webhook {
    std::string name, host, reason;
    std::int64_t pending = 0;
    bool enabled = true;
  };
  /// A message that a webhook does not have although it was tried, that was given up, or that came while the webhook
  /// was switched off.
  struct Undelivered {
    std::string webhook, state, answer;
    std::int64_t attempts = 0;
    std::optional<TimePoint> next;
  };

  std::string status;                 ///< ok, degraded, failed; empty: not known
  std::vector<std::string> troubles;  ///< of /readyz
  std::vector<Alert> alerts;          ///< those that fire
  std::vector<Source> sources;        ///< those in trouble first
  std::vector<Topic> topics;          ///< of the last hour, most stories first
  std::vector<Rule> rules;
  std::vector<Webhook> webhooks;
  std::map<std::string, std::vector<Undelivered>, std::less<>> undelivered;  ///< by part, the newest first
  std::map<std::string, std::string> refused;                                ///< by part: why it is not known
  std::optional<TimePoint> heard;                                            ///< when the daemon last answered
  std::string failure;                                                       ///< why it does not answer; empty: it does
};

/// What is asked for: a part's name, and the path that is asked. In the order of importance.
struct TopPart {
  std::string_view name, path;
};
inline constexpr TopPart kTopParts[] = {
    {"ready", "/readyz"},
    {"alerts", "/v1/alerts?state=firing&limit=200"},
    {"sources", "/v1/sources?limit=1000"},
    {"topics", "/v1/sentiment?from=-1h&bucket=5m&group_by=topic&fill=null"},
    {"rules", "/v1/rules"},
    {"webhooks", "/v1/webhooks"},
    {"waiting", "/v1/deliveries?state=pending&limit=1000"},
    {"given up", "/v1/deliveries?state=exhausted&limit=200"},
    {"not sent", "/v1/deliveries?state=disabled&limit=200"},
};

/// Puts an answer into the state. One that cannot be read leaves the part as it is and says so in `refused`.
void take_answer(TopState& state, std::string_view part, unsigned status, std::string_view body);

}  // namespace tapewatch
