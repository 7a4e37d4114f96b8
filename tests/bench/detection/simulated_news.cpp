#include "tests/bench/detection/simulated_news.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace tapewatch::bench {
namespace {

constexpr double kClumpMinutes = 20.0;  // mean distance between the stories of a clump

/// The start of summer time or winter time in the EU, in ms: the last Sunday of a month, 01:00 UTC.
std::int64_t clock_change_ms(std::chrono::year year, std::chrono::month month) {
  const std::chrono::sys_days day = year / month / std::chrono::Sunday[std::chrono::last];
  return std::chrono::milliseconds{day.time_since_epoch()}.count() + kHourMs;
}

std::int64_t london_ms(std::int64_t at_ms) {
  const auto day = std::chrono::floor<std::chrono::days>(alerts::TimePoint{std::chrono::milliseconds{at_ms}});
  const auto year = std::chrono::year_month_day{day}.year();
  const bool summer =
      at_ms >= clock_change_ms(year, std::chrono::March) && at_ms < clock_change_ms(year, std::chrono::October);
  return summer ? at_ms + kHourMs : at_ms;
}

bool by_time(const Story& a, const Story& b) { return std::pair(a.at_ms, a.series) < std::pair(b.at_ms, b.series); }

}  // namespace

std::vector<std::pair<std::int64_t, std::int64_t>> london_changes_ms() {
  std::vector<std::pair<std::int64_t, std::int64_t>> changes;
  for (std::chrono::year year{2020}; year <= std::chrono::year{2040}; ++year) {
    changes.emplace_back(clock_change_ms(year, std::chrono::March), kHourMs);
    changes.emplace_back(clock_change_ms(year, std::chrono::October), 0);
  }
  return changes;
}

SimulatedNews::SimulatedNews(NewsOptions options, std::uint64_t seed, std::int64_t start_ms)
    : options_(std::move(options)), dice_(seed), planted_(seed ^ 0x9e3779b97f4a7c15ull), now_ms_(start_ms) {
  const std::array<double, 7> days = {1.0, 1.1, 1.05, 1.05, 0.9, options_.weekend, options_.weekend};
  const double half_log_ratio = 0.5 * std::log(options_.day_ratio);
  double sum = 0.0;
  for (std::size_t hour = 0; hour < week_.size(); ++hour) {
    const double angle = 6.283185307179586 * (static_cast<double>(hour % 24) - 14.0) / 24.0;
    sum += week_[hour] = days[hour / 24] * std::exp(half_log_ratio * std::cos(angle));
  }
  for (double& factor : week_) factor *= static_cast<double>(week_.size()) / sum;
}

double SimulatedNews::rhythm(std::int64_t at_ms) const {
  const std::int64_t local = options_.london ? london_ms(at_ms) : at_ms;
  double factor = week_[static_cast<std::size_t>((local - kEpochMs) / kHourMs % 168)];
  if (options_.drift > 0.0) {
    factor *= std::exp(options_.drift *
                       std::sin(6.283185307179586 * static_cast<double>(at_ms - kEpochMs) / (120.0 * kDayMs)));
  }
  if (std::find(options_.holidays.begin(), options_.holidays.end(), local / kDayMs) != options_.holidays.end()) {
    factor *= options_.holiday;
  }
  return factor;
}

double SimulatedNews::rate(int series, std::int64_t at_ms) const {
  return options_.rate / (options_.zipf ? series + 1.0 : 1.0) * rhythm(at_ms);
}

void SimulatedNews::add(const Surge& surge) {
  const double most = options_.rate * 4.0;
  for (int placed = 0; placed < surge.stories;) {
    const auto at =
        surge.from_ms + static_cast<std::int64_t>(planted_.uniform() * static_cast<double>(surge.length_ms));
    const double usual = options_.rate * rhythm(at);
    if (surge.length_ms >= kDayMs && planted_.uniform() * most > usual) continue;
    later_.push_back({at, surge.series});
    ++placed;
  }
}

void SimulatedNews::add_clump(int series, std::int64_t at_ms, alerts::test::Dice& dice) {
  hour_.push_back({at_ms, series});
  while (options_.clump > 1.0 && dice.uniform() < 1.0 - 1.0 / options_.clump) {
    at_ms += static_cast<std::int64_t>(dice.exponential() * kClumpMinutes * kMinuteMs);
    (at_ms < now_ms_ + kHourMs ? hour_ : later_).push_back({at_ms, series});
  }
}

void SimulatedNews::add_ordinary(int series, double rate) {
  if (options_.gamma_shape > 0.0) rate *= dice_.gamma(options_.gamma_shape) / options_.gamma_shape;
  const double clumps = rate / options_.clump;
  const auto fill = [&](alerts::test::Dice& dice, double expected, double span_ms) {
    if (expected <= 0.0) return;
    for (double t = dice.exponential() / expected; t < 1.0; t += dice.exponential() / expected) {
      add_clump(series, now_ms_ + static_cast<std::int64_t>(t * span_ms), dice);
    }
  };
  fill(dice_, clumps * (1.0 - options_.top_of_hour), kHourMs);
  fill(dice_, clumps * options_.top_of_hour, 5.0 * kMinuteMs);
  double factor = 1.0;
  for (const Swell& swell : swells_) {
    if (swell.series == series && swell.from_ms <= now_ms_ && now_ms_ < swell.to_ms) factor *= swell.factor;
  }
  fill(planted_, clumps * (factor - 1.0), kHourMs);
}

const std::vector<Story>& SimulatedNews::next_hour() {
  hour_.clear();
  const std::int64_t end = now_ms_ + kHourMs;
  const auto due = std::partition(later_.begin(), later_.end(), [&](const Story& story) { return story.at_ms >= end; });
  hour_.insert(hour_.end(), due, later_.end());
  later_.erase(due, later_.end());
  const double factor = rhythm(now_ms_);
  for (int series = 0; series < options_.series; ++series) {
    add_ordinary(series, options_.rate / (options_.zipf ? series + 1.0 : 1.0) * factor);
  }
  std::sort(hour_.begin(), hour_.end(), by_time);
  now_ms_ = end;
  return hour_;
}

}  // namespace tapewatch::bench
