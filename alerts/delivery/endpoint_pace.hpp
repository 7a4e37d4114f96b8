#pragma once
#include <chrono>
#include <cstddef>
#include <optional>

namespace tapewatch::alerts {

struct PaceLimits {
  std::size_t max_in_flight = 16;                                  ///< requests to one endpoint at a time
  std::chrono::milliseconds max_hold = std::chrono::hours{1};      ///< a longer Retry-After is shortened to this
  std::chrono::milliseconds first_hold = std::chrono::seconds{1};  ///< after a refusal that names no time; it doubles
  std::chrono::milliseconds longest_gap = std::chrono::minutes{1};
};

/// How fast one endpoint may be sent requests, learned from its answers.
///
/// Requests in flight begin at one and grow by one with each answer, whatever it says, up to `max_in_flight`: an
/// endpoint that is slow or dead does not keep other messages waiting. A Retry-After or a 429 holds every request to
/// the endpoint until the time it names, which the success of another message does not shorten. After a 429 the gap
/// between requests becomes what the endpoint has shown to accept: the time of the burst, this hold included, for each
/// request accepted in it. Every ten successes shorten the gap by a tenth, so that a limit that was lifted is found
/// out, at the price of about one refusal in ten.
///
/// One endpoint, one thread; times of a clock that never goes back.
class EndpointPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit EndpointPace(PaceLimits limits) : limits_(limits) {}

  /// The earliest time of the next request; without a gap or hold: `now`.
  Time next(Time now) const;
  /// How many requests can be sent at `now` in addition to those `in_flight`.
  std::size_t room(std::size_t in_flight, Time now) const;
  bool is_held(Time now) const { return held_until_ && now < *held_until_; }
  std::chrono::milliseconds gap() const { return gap_; }

  void sent(Time now);
  void accepted();
  /// An answer, or the lack of one, that says nothing about the rate.
  void failed();
  /// 429: too many requests.
  void refused(Time now, std::optional<std::chrono::milliseconds> retry_after);
  /// A Retry-After with any other status: the endpoint is away, whatever the rate.
  void away(Time now, std::chrono::milliseconds retry_after);

 private:
  void widen();
  bool hold(Time now, std::chrono::milliseconds wait);
  void begin_again();

  PaceLimits limits_;
  std::size_t window_ = 1;
  std::chrono::milliseconds gap_{0};
  std::optional<Time> last_sent_, held_until_;
  /// The present burst of requests: its first one, and how many were accepted.
  std::optional<Time> burst_start_;
  std::size_t accepted_ = 0;
  std::size_t streak_ = 0;           // successes since the gap changed
  std::size_t silent_refusals_ = 0;  // in a row, without a Retry-After
};

}  // namespace tapewatch::alerts
