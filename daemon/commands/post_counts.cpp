// Tested by tests/daemon/commands/detect_command_test.cpp
#include "daemon/commands/post_counts.hpp"

#include <algorithm>
#include <chrono>

#include "alerts/detector/elementary.hpp"

namespace tapewatch {
namespace {

constexpr std::chrono::hours kDay{24};
constexpr std::size_t kDays = 60;
constexpr std::size_t kFewestDays = 2;
constexpr double kPosts = 2.0;      // that make no difference
constexpr double kLeastRise = 0.2;  // a rise by a fifth is never news
constexpr double kLn2 = 0.693147180559945309;

double days(alerts::TimePoint::duration time) {
  return static_cast<double>(time.count()) / static_cast<double>(alerts::TimePoint::duration{kDay}.count());
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

}  // namespace

void PostCounts::end_days(alerts::TimePoint at) {
  for (const std::int64_t now = (at - first_) / kDay; day_ < now; ++day_) {
    if (peak_ < 0.0) continue;  // a day without rows
    peaks_.push_back(peak_);
    if (peaks_.size() > kDays) peaks_.pop_front();
    peak_ = -1.0;
  }
  if (peaks_.size() >= kFewestDays) usual_ = std::max(kLeastRise, median({peaks_.begin(), peaks_.end()}));
}

PostCounts::Reading PostCounts::hear(alerts::TimePoint at, std::int64_t count) {
  const auto value = static_cast<double>(count);
  if (!begun_) {
    begun_ = true;
    first_ = last_ = at;
    mean_ = value;
  }
  end_days(at);
  const double rise = std::max(0.0, alerts::natural_log((value + kPosts) / (mean_ + kPosts)));
  while (!high_.empty() && high_.front().first < at - kDay) high_.pop_front();
  Reading out;
  out.known = usual_ > 0.0;
  if (out.known) {
    out.expected = mean_;
    out.upper = (mean_ + kPosts) * alerts::exponential(kLimit * usual_) - kPosts;
    if (high_.empty() || rise > high_.front().second) out.score = rise / usual_;
  }
  while (!high_.empty() && high_.back().second <= rise) high_.pop_back();
  high_.emplace_back(at, rise);
  peak_ = std::max(peak_, rise);
  mean_ += (1.0 - alerts::exponential(-kLn2 * days(at - last_))) * (value - mean_);
  last_ = at;
  return out;
}

}  // namespace tapewatch
