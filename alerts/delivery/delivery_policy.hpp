#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// The result of one attempt: a status, or the reason for having none.
struct AttemptResult {
  unsigned status = 0;            ///< HTTP status; 0: no answer
  std::string transport_error;    ///< "connection refused", "time-out after 15s", …
  std::string retry_after;        ///< the header as received: seconds or an HTTP date; empty: none
  bool refused_for_good = false;  ///< the same message would be refused again
};

enum class DeliveryOutcome { delivered, retry, exhausted, disabled };

std::string_view to_string(DeliveryOutcome);

struct Decision {
  DeliveryOutcome outcome = DeliveryOutcome::delivered;
  std::optional<TimePoint> retry_at;                     ///< with `retry`
  std::optional<std::chrono::milliseconds> retry_after;  ///< what the endpoint asked for, where its status may
  std::string reason;                                    ///< "HTTP 503", "connection refused", …
};

/// Limits of the retry schedule (wall time).
struct DeliveryLimits {
  std::chrono::milliseconds eager_for = std::chrono::hours{24};  ///< alerts: for this long at most eager_gap apart
  std::chrono::milliseconds eager_gap = std::chrono::seconds{60};
  std::chrono::milliseconds give_up_after = std::chrono::hours{24 * 7};  ///< since the first attempt
  std::chrono::milliseconds max_retry_after = std::chrono::hours{1};     ///< a longer Retry-After is shortened to this
};

/// What to do after attempt number `attempts` (1 for the first) of a message first tried at `first`. `jitter01` in
/// [0,1) shortens a gap by up to a fifth so that messages do not stay synchronised; the gaps stay within their bounds.
/// 2xx is delivered; 410 disables the endpoint; what is refused for good is exhausted at once; everything else,
/// including redirects, is retried until give_up_after.
Decision decide(const AttemptResult&, unsigned attempts, TimePoint first, TimePoint now, double jitter01,
                const DeliveryLimits& = {});

}  // namespace tapewatch::alerts
