#pragma once

#include <bitset>
#include <chrono>
#include <optional>

#include "ingest/document/document.hpp"
#include "ingest/feed/feed_options.hpp"

namespace tapewatch::ingest {

/// What a publisher says about when to poll again.
struct FeedHints {
  std::optional<std::chrono::milliseconds> ttl;
  std::optional<std::chrono::milliseconds> fresh_for;
  std::bitset<24> skip_hours;  ///< UTC
  std::bitset<7> skip_days;    ///< 0 = Sunday
};

/// When to poll next. `jitter` in [0,1) lengthens a wait by up to a tenth, so that feeds do not synchronise.
class FeedSchedule {
 public:
  explicit FeedSchedule(const FeedOptions& options) : options_(options) {}

  /// The configured interval, lengthened by ttl or freshness up to max_hint, moved out of skipped hours and days by at
  /// most max_skip.
  TimePoint after_success(TimePoint now, const FeedHints& hints, double jitter) const;

  /// How long ttl or freshness lengthens the wait after a success, within max_hint; zero where the interval is longer.
  std::chrono::milliseconds hinted_wait(const FeedHints& hints) const;

  /// After a 410.
  TimePoint after_gone(TimePoint now, double jitter) const;

  /// Doubles from the interval up to max_backoff, and stays there: polling never ends. A longer Retry-After counts, up
  /// to max_retry_after. `failures`: in a row, including this one.
  TimePoint after_failure(TimePoint now, unsigned failures, std::optional<std::chrono::milliseconds> retry_after,
                          double jitter) const;

 private:
  TimePoint out_of_skipped(TimePoint at, const FeedHints& hints) const;

  FeedOptions options_;
};

}  // namespace tapewatch::ingest
