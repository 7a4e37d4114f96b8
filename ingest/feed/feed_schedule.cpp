// Tested by tests/ingest/feed/feed_state_test.cpp
#include "ingest/feed/feed_schedule.hpp"

#include <algorithm>

namespace tapewatch::ingest {
namespace {

using std::chrono::milliseconds;

milliseconds with_jitter(milliseconds wait, double jitter) {
  return wait + milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * 0.1 * jitter));
}

}  // namespace

TimePoint FeedSchedule::after_success(TimePoint now, const FeedHints& hints, double jitter) const {
  const milliseconds wait = std::max(options_.interval, hinted_wait(hints));
  return out_of_skipped(now + with_jitter(wait, jitter), hints);
}

milliseconds FeedSchedule::hinted_wait(const FeedHints& hints) const {
  const milliseconds hint = std::max(hints.ttl.value_or(milliseconds(0)), hints.fresh_for.value_or(milliseconds(0)));
  const milliseconds bounded = std::min(hint, options_.max_hint);
  return bounded > options_.interval ? bounded : milliseconds(0);
}

TimePoint FeedSchedule::after_gone(TimePoint now, double jitter) const {
  return now + with_jitter(options_.retry_gone, jitter);
}

TimePoint FeedSchedule::after_failure(TimePoint now, unsigned failures, std::optional<milliseconds> retry_after,
                                      double jitter) const {
  constexpr unsigned kMostDoublings = 20;
  const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0, kMostDoublings);
  const milliseconds longest = std::max(options_.interval, options_.max_backoff);
  const milliseconds backoff = std::min(longest, options_.interval * (std::int64_t{1} << doublings));
  const milliseconds demanded = std::min(retry_after.value_or(milliseconds(0)), options_.max_retry_after);
  return now + with_jitter(std::max(backoff, demanded), jitter);
}

TimePoint FeedSchedule::out_of_skipped(TimePoint at, const FeedHints& hints) const {
  using namespace std::chrono;
  const TimePoint latest = at + options_.max_skip;
  TimePoint open = at;
  while (open < latest) {
    const auto day = floor<days>(open);
    const auto hour = floor<hours>(open - day);
    const bool skipped = hints.skip_hours.test(static_cast<std::size_t>(hour.count())) ||
                         hints.skip_days.test(weekday(day).c_encoding());
    if (!skipped) return open;
    open = day + hour + hours(1);
  }
  return latest;
}

}  // namespace tapewatch::ingest
