// The first days of an installation.
#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

/// Starts of one busy wire on any hour of the week, with the usual rhythm or with none.
void busy_starts(double rate, bool flat, const TableOptions& options) {
  const std::string row = fmt::format("{}/h {}", rate, flat ? "flat" : "rhythm");
  if (!wanted(options, row)) return;
  int day = 0, two_days = 0, week = 0, starts_with = 0;
  const int starts = options.quick ? 10 : 50;
  RuleSetting rule;
  rule.variant = options.variant;
  rule.budget = kMonthly.over(1);
  for (int i = 0; i < starts; ++i) {
    progress(row, i + 1, starts);
    const std::uint64_t seed = stream_seed(options, row, i);
    const std::int64_t start = kEpochMs + static_cast<std::int64_t>(seed % 168) * kHourMs;
    NewsOptions quiet;
    quiet.rate = rate;
    if (flat) quiet.day_ratio = quiet.weekend = 1.0;
    SimulatedNews news(quiet, seed, start);
    ProductJudge judge(rule);
    listen(news, 168, judge);
    day += openings(judge, start, start + kDayMs);
    two_days += openings(judge, start, start + 2 * kDayMs);
    starts_with += openings(judge, start, start + 2 * kDayMs) > 0;
    week += openings(judge, start, start + kWeekMs);
  }
  fmt::print("| {:<14} | {:>3} | {:>3} | {:>3} | {} of {} | {:.1f} |\n", row, day, two_days, week, starts_with, starts,
             kMonthly.a_week() * starts);
  std::fflush(stdout);
}

/// Fifty companies, one rule with a budget of one a week over all of them.
void first_crisis(int from_hour, int hours, const TableOptions& options) {
  const std::string row = fmt::format("hours {}-{}", from_hour, from_hour + hours - 1);
  if (!wanted(options, row)) return;
  const int starts = options.quick ? 20 : 100;
  int found = 0, false_alarms = 0;
  RuleSetting rule;
  rule.variant = options.variant;
  rule.series = 50;
  rule.budget = kWeekly.over(1);
  for (int i = 0; i < starts; ++i) {
    progress(row, i + 1, starts);
    const std::uint64_t seed = stream_seed(options, row, i);
    const std::int64_t start = kEpochMs + static_cast<std::int64_t>(seed % 168) * kHourMs;
    NewsOptions quiet;
    quiet.series = rule.series;
    quiet.rate = 2.0;
    quiet.zipf = true;
    SimulatedNews news(quiet, seed, start);
    alerts::test::Dice dice(seed + 1);
    const auto company = static_cast<int>(dice.uniform() * rule.series);
    const std::int64_t at = start + static_cast<std::int64_t>((from_hour + dice.uniform() * hours) * kHourMs);
    news.add(Surge{company, at, 30 * kMinuteMs, 9});
    ProductJudge judge(rule);
    listen(news, from_hour + hours + 24, judge);
    const bool told = openings(judge, at, at + kHourMs, company) > 0;
    found += told;
    false_alarms += openings(judge, 0, INT64_MAX) - openings(judge, at, INT64_MAX, company);
  }
  fmt::print("| {:<12} | {:>2} of {}: {} | {:>3} | {:.1f} |\n", row, found, starts, percent(found, starts),
             false_alarms, kWeekly.a_week() * starts * (from_hour + hours + 24) / 168.0);
  std::fflush(stdout);
}

/// Nine stories within ten minutes of each working day's morning, from the first day on: they are no news.
void every_morning(double rate, const TableOptions& options) {
  const std::string row = fmt::format("{}/h morning", rate);
  if (!wanted(options, row)) return;
  const int starts = options.quick ? 10 : 50;
  constexpr int kWeeks = 4;
  std::array<int, kWeeks> told{};
  RuleSetting rule;
  rule.variant = options.variant;
  rule.budget = kMonthly.over(1);
  for (int i = 0; i < starts; ++i) {
    progress(row, i + 1, starts);
    NewsOptions quiet;
    quiet.rate = rate;
    SimulatedNews news(quiet, stream_seed(options, row, i), kEpochMs);
    for (int day = 0; day < 7 * kWeeks; ++day) {
      if (day % 7 < 5) news.add(Surge{0, kEpochMs + day * kDayMs + 7 * kHourMs, 10 * kMinuteMs, 9});
    }
    ProductJudge judge(rule);
    listen(news, 168 * kWeeks, judge);
    for (int week = 0; week < kWeeks; ++week) {
      told[static_cast<std::size_t>(week)] +=
          openings(judge, kEpochMs + week * kWeekMs, kEpochMs + (week + 1) * kWeekMs);
    }
  }
  const auto mean = [&](std::size_t week) { return static_cast<double>(told[week]) / starts; };
  fmt::print("| {:<14} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", row, mean(0), mean(1), mean(2), mean(3));
  std::fflush(stdout);
}

}  // namespace

void cold_table(const TableOptions& options) {
  fmt::print("False alarms after a first start of one wire, one allowed a month:\n");
  fmt::print("| start          | in 24 h | in 48 h | in a week | starts with one in 48 h | allowed in a week |\n");
  fmt::print("|---|---|---|---|---|---|\n");
  for (const bool flat : {false, true}) {
    for (const double rate : {120.0, 240.0, 600.0}) busy_starts(rate, flat, options);
  }
  fmt::print(
      "\nNine stories in 30 minutes about one of 50 companies (2/h the busiest, falling off as 1/rank), one\n"
      "false alarm a week allowed over all of them:\n");
  fmt::print("| planted in   | found | false alarms | allowed |\n|---|---|---|---|\n");
  first_crisis(1, 12, options);
  first_crisis(24, 1, options);
  fmt::print(
      "\nNine stories in 10 minutes of each working day's morning, from the first one on; alerts a start by week:\n");
  fmt::print("| stream         | 1st | 2nd | 3rd | 4th |\n|---|---|---|---|---|\n");
  for (const double rate : {0.1, 1.0, 5.0}) every_morning(rate, options);
}

}  // namespace tapewatch::bench
