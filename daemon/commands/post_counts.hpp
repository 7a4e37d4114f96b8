#pragma once
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch {

/// Counts of posts (tweets, comments), whose bursts are beyond any negative binomial tail: every series has some each
/// day. A count is compared with what the series does of itself, so that one limit serves quiet and busy series:
///
///     rise  = ln (count + 2) / (mean + 2),  at least 0; the mean decays by half a day
///     score = rise / median of the largest rises of the days before, at least 0.2
///
/// A day counts from the first row; the latest 60 are remembered. Only a rise above all of the last 24 hours has a
/// score: an episode is one row, or a few while it grows.
class PostCounts {
 public:
  /// A score from here on is an alert.
  static constexpr double kLimit = 1.35;

  struct Reading {
    bool known = false;     ///< two days are over
    double expected = 0.0;  ///< the mean before this row
    double upper = 0.0;     ///< a count above it has a score above the limit, where the last 24 hours had none
    double score = 0.0;
    bool alert() const { return score >= kLimit; }
  };

  /// Times ascend.
  Reading hear(alerts::TimePoint at, std::int64_t count);

 private:
  void end_days(alerts::TimePoint at);

  bool begun_ = false;
  alerts::TimePoint first_{};
  alerts::TimePoint last_{};
  std::int64_t day_ = 0;
  double mean_ = 0.0;
  double peak_ = 0.0;                                      // of the day
  double usual_ = 0.0;                                     // median of the days before; 0: unknown
  std::deque<double> peaks_;                               // of the days before
  std::deque<std::pair<alerts::TimePoint, double>> high_;  // rises of the last 24 hours that no later one reaches
};

}  // namespace tapewatch
