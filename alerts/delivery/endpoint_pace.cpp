#include "alerts/delivery/endpoint_pace.hpp"

#include <algorithm>

namespace tapewatch::alerts {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kSuccessesToQuicken = 10;
constexpr milliseconds kNoGap{10};          // a shorter gap is none
constexpr milliseconds kIdle{5'000};        // longer than this without a request ends a burst
constexpr std::size_t kMostDoublings = 10;  // of first_hold; max_hold ends it earlier

/// A little more than `gap`: a limit is not met exactly.
milliseconds with_margin(milliseconds gap) { return gap + gap / 20; }

}  // namespace

EndpointPace::Time EndpointPace::next(Time now) const {
  Time at = now;
  if (last_sent_ && gap_ > milliseconds{0}) at = std::max(at, *last_sent_ + gap_);
  if (held_until_) at = std::max(at, *held_until_);
  return at;
}

std::size_t EndpointPace::room(std::size_t in_flight, Time now) const {
  if (in_flight >= window_ || next(now) > now) return 0;
  return gap_ > milliseconds{0} ? 1 : window_ - in_flight;
}

void EndpointPace::sent(Time now) {
  if (held_until_ && now >= *held_until_) held_until_.reset();
  // Time without anything to send says nothing about what the endpoint accepts.
  if (last_sent_ && now - *last_sent_ > std::max(kIdle, 2 * gap_)) begin_again();
  last_sent_ = now;
  if (!burst_start_) burst_start_ = now;
}

void EndpointPace::accepted() {
  widen();
  ++accepted_;
  silent_refusals_ = 0;
  if (gap_ == milliseconds{0} || ++streak_ < kSuccessesToQuicken) return;
  streak_ = 0;
  gap_ -= gap_ / 10;
  if (gap_ < kNoGap) gap_ = milliseconds{0};
}

void EndpointPace::failed() { widen(); }

void EndpointPace::widen() {
  if (!held_until_ && window_ < limits_.max_in_flight) ++window_;
}

void EndpointPace::refused(Time now, std::optional<milliseconds> retry_after) {
  if (!retry_after) {
    retry_after = limits_.first_hold * (1u << std::min(silent_refusals_, kMostDoublings));
    if (!held_until_) ++silent_refusals_;
  }
  const milliseconds wait = std::clamp(*retry_after, milliseconds{0}, limits_.max_hold);
  if (!hold(now, wait)) return;
  const auto lasted = std::chrono::ceil<milliseconds>(now - burst_start_.value_or(now)) + wait;
  // Where nothing was accepted, the wait does not measure the rate.
  const auto shown = accepted_ > 0 ? with_margin(lasted / static_cast<std::int64_t>(accepted_))
                                   : std::max(gap_, std::min(wait, limits_.first_hold));
  gap_ = std::min(shown, limits_.longest_gap);
  begin_again();
}

void EndpointPace::away(Time now, milliseconds retry_after) {
  if (hold(now, std::clamp(retry_after, milliseconds{0}, limits_.max_hold))) begin_again();
}

/// False: other requests of the same burst were refused before, and one lesson is enough.
bool EndpointPace::hold(Time now, milliseconds wait) {
  const bool first = !held_until_;
  held_until_ = std::max(held_until_.value_or(now), now + wait);
  window_ = 1;
  return first;
}

void EndpointPace::begin_again() {
  accepted_ = 0;
  streak_ = 0;
  burst_start_.reset();
}

}  // namespace tapewatch::alerts
