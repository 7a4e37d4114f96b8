// Ten holidays a year, lived like Sundays: the quiet day itself, and the same day of the weeks after it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

constexpr int kSeries = 30;
constexpr int kWeeks = 52;

/// Ten working days, none beside another, from the ninth week on.
std::vector<std::int64_t> ten_holidays() {
  std::vector<std::int64_t> days;
  for (int i = 0; i < 10; ++i) days.push_back(kEpochMs / kDayMs + 7 * (9 + 4 * i) + (3 * i) % 5);
  return days;
}

void year(double rate, bool as_sundays, const TableOptions& options) {
  const std::string name = fmt::format("{}/h", rate);
  const std::string row = name + (as_sundays ? "" : " unlearned");
  if (!wanted(options, row)) return;
  const int streams = options.quick ? 1 : 4;
  RuleSetting rule;
  rule.variant = options.variant;
  rule.series = kSeries;
  rule.budget = kMonthly.over(kSeries);
  rule.holidays = ten_holidays();
  rule.holidays_as_sundays = as_sundays;
  NewsOptions news_options;
  news_options.series = kSeries;
  news_options.rate = rate;
  news_options.holidays = rule.holidays;
  news_options.holiday = news_options.weekend;
  int on_days = 0, found = 0;
  for (int i = 0; i < streams; ++i) {
    progress(row, i + 1, streams);
    const std::uint64_t seed = stream_seed(options, name, i);
    SimulatedNews quiet(news_options, seed);
    ProductJudge judge(rule);
    listen(quiet, kWeeks * 168, judge);
    for (const std::int64_t day : rule.holidays) {
      for (const std::int64_t from : {day, day + 1, day + 7}) {
        on_days += openings(judge, from * kDayMs, (from + 1) * kDayMs);
      }
    }
    SimulatedNews surging(news_options, seed);
    for (int s = 0; s < kSeries; ++s) {
      const std::int64_t day = rule.holidays[static_cast<std::size_t>(s) % 10] * kDayMs;
      surging.add(Swell{s, day + 8 * kHourMs, day + 18 * kHourMs, 5.0});
    }
    ProductJudge hears(rule);
    listen(surging, kWeeks * 168, hears);
    for (int s = 0; s < kSeries; ++s) {
      const std::int64_t day = rule.holidays[static_cast<std::size_t>(s) % 10] * kDayMs;
      found += openings(hears, day + 8 * kHourMs, day + 19 * kHourMs, s) > 0;
    }
  }
  const double allowed = kMonthly.a_week() / 7.0 * 30.0 * kSeries * streams;
  const Interval count = poisson_interval(on_days);
  fmt::print("| {:<14} | {:>6.1f} | {:>4} | {:.2f} ({:.2f}-{:.2f}) | {} |\n", row, allowed, on_days, on_days / allowed,
             count.low / allowed, count.high / allowed, percent(found, kSeries * streams));
  std::fflush(stdout);
}

}  // namespace

void holiday_table(const TableOptions& options) {
  fmt::print(
      "{} series, one false alarm a month each; ten holidays at the rate of a Sunday. False alarms on them, on\n"
      "the day after and a week after; ten hours at 5 x on one of them. The calendar has them as Sundays, or only\n"
      "leaves them out of learning (\"unlearned\"). Calendar in this version: {}.\n",
      kSeries, rules_have_a_calendar() ? "yes" : "no");
  fmt::print("| rate           | allowed | measured | ratio | surge found |\n|---|---|---|---|---|\n");
  for (const double rate : {1.0, 5.0, 50.0}) {
    for (const bool as_sundays : {true, false}) {
      if (!options.quick || rate < 50.0) year(rate, as_sundays, options);
    }
  }
}

}  // namespace tapewatch::bench
