// Surges that stay: how long the alert is open, whether a second one is told, what is heard afterwards.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

constexpr std::int64_t kLearned = 6 * kWeekMs;  // of quiet before a surge
constexpr std::int64_t kTenDays = 10 * kDayMs;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? -1.0 : values[values.size() / 2];
}

/// Hours in [from, to) in which an alert is open.
double hours_open(const Judge& judge, std::int64_t from, std::int64_t to) {
  std::int64_t open_since = -1, sum = 0;
  for (const Verdict& verdict : judge.verdicts) {
    if (verdict.kind == Verdict::Kind::opened) open_since = verdict.at_ms;
    if (verdict.kind == Verdict::Kind::closed && open_since >= 0) {
      sum += std::max<std::int64_t>(0, std::min(verdict.at_ms, to) - std::max(open_since, from));
      open_since = -1;
    }
  }
  if (open_since >= 0) sum += std::max<std::int64_t>(0, to - std::max(open_since, from));
  return static_cast<double>(sum) / kHourMs;
}

double hours_to_first(const Judge& judge, std::int64_t from, std::int64_t to) {
  for (const Verdict& verdict : judge.verdicts) {
    if (verdict.kind == Verdict::Kind::opened && verdict.at_ms >= from && verdict.at_ms < to) {
      return static_cast<double>(verdict.at_ms - from) / kHourMs;
    }
  }
  return static_cast<double>(to - from) / kHourMs;
}

double hours_to_close(const Judge& judge, std::int64_t after) {
  for (const Verdict& verdict : judge.verdicts) {
    if (verdict.kind == Verdict::Kind::closed && verdict.at_ms >= after) {
      return static_cast<double>(verdict.at_ms - after) / kHourMs;
    }
  }
  return 0.0;
}

RuleSetting monthly_rule(const TableOptions& options) {
  RuleSetting rule;
  rule.variant = options.variant;
  rule.budget = kMonthly.over(1);
  return rule;
}

std::int64_t any_hour(std::uint64_t seed) { return kEpochMs + static_cast<std::int64_t>(seed % 168) * kHourMs; }

struct Run {
  std::vector<double> open, delay, end;
  int reopened = 0;
};

void ten_days(double rate, double factor, const TableOptions& options) {
  const std::string row = fmt::format("{}/h x {}", rate, factor);
  if (!wanted(options, row)) return;
  const int runs = options.quick ? 12 : 60;
  Run all;
  for (int i = 0; i < runs; ++i) {
    progress(row, i + 1, runs);
    const std::uint64_t seed = stream_seed(options, row, i);
    NewsOptions quiet;
    quiet.rate = rate;
    const std::int64_t start = any_hour(seed), from = start + kLearned, to = from + kTenDays;
    SimulatedNews news(quiet, seed, start);
    news.add(Swell{0, from, to, factor});
    ProductJudge judge(monthly_rule(options));
    listen(news, (kLearned + kTenDays + kWeekMs) / kHourMs, judge);
    all.open.push_back(hours_open(judge, from, to));
    all.delay.push_back(hours_to_first(judge, from, to));
    all.end.push_back(hours_to_close(judge, to));
    all.reopened += std::max(0, openings(judge, from, to) - 1);
  }
  fmt::print("| {:<12} | {:>5.1f} % | {:>5.1f} % | {:>6.1f} h | {:>5.1f} h | {:>4} |\n", row, median(all.open) / 2.4,
             *std::min_element(all.open.begin(), all.open.end()) / 2.4, median(all.delay), median(all.end),
             all.reopened);
  std::fflush(stdout);
}

/// Ten days at 3 x; in the middle a day at 9 x. Told: an update, or an alert where none was open.
void second_surge(double rate, const TableOptions& options) {
  const std::string row = fmt::format("{}/h second", rate);
  if (!wanted(options, row)) return;
  const int runs = options.quick ? 12 : 60;
  int told = 0;
  std::vector<double> delays;
  for (int i = 0; i < runs; ++i) {
    progress(row, i + 1, runs);
    const std::uint64_t seed = stream_seed(options, row, i);
    NewsOptions quiet;
    quiet.rate = rate;
    const std::int64_t start = any_hour(seed), from = start + kLearned, second = from + kTenDays / 2;
    SimulatedNews news(quiet, seed, start);
    news.add(Swell{0, from, from + kTenDays, 3.0});
    news.add(Swell{0, second, second + kDayMs, 3.0});
    ProductJudge judge(monthly_rule(options));
    listen(news, (kLearned + kTenDays) / kHourMs, judge);
    const auto first = std::find_if(judge.verdicts.begin(), judge.verdicts.end(), [&](const Verdict& v) {
      return v.kind != Verdict::Kind::closed && v.at_ms >= second && v.at_ms < second + kDayMs;
    });
    if (first == judge.verdicts.end()) continue;
    ++told;
    delays.push_back(static_cast<double>(first->at_ms - second) / kHourMs);
  }
  fmt::print("| {:<12} | {} of {}: {} | {:>5.1f} h |\n", row, told, runs, percent(told, runs), median(delays));
  std::fflush(stdout);
}

void after_ten_days(double rate, double factor, int days_between, const TableOptions& options) {
  const std::string row = fmt::format("{}/h x {} after {} d", rate, factor, days_between);
  if (!wanted(options, row)) return;
  const int runs = options.quick ? 12 : 60;
  int found = 0, without = 0;
  for (int i = 0; i < runs; ++i) {
    progress(row, i + 1, runs);
    const std::uint64_t seed = stream_seed(options, row, i);
    NewsOptions quiet;
    quiet.rate = rate;
    const std::int64_t start = any_hour(seed), from = start + kLearned;
    const std::int64_t later =
        from + kTenDays + days_between * kDayMs + static_cast<std::int64_t>(seed / 168 % 24) * kHourMs;
    for (const double before : {5.0, 1.0}) {
      SimulatedNews news(quiet, seed, start);
      news.add(Swell{0, from, from + kTenDays, before});
      news.add(Swell{0, later, later + kHourMs, factor});
      ProductJudge judge(monthly_rule(options));
      listen(news, (later - start) / kHourMs + 3, judge);
      (before > 1.0 ? found : without) += openings(judge, later, later + 2 * kHourMs) > 0;
    }
  }
  fmt::print("| {:<22} | {:>2} of {}: {} | {:>2} of {}: {} |\n", row, found, runs, percent(found, runs), without, runs,
             percent(without, runs));
  std::fflush(stdout);
}

}  // namespace

void sustained_table(const TableOptions& options) {
  fmt::print("Six quiet weeks, then ten days at a multiple of the rate; one false alarm a month; alarms open:\n");
  fmt::print("| stream       | median  | least   | first    | closes  | opened again |\n|---|---|---|---|---|---|\n");
  for (const double rate : {1.0, 5.0, 50.0}) {
    for (const double factor : {2.0, 5.0}) ten_days(rate, factor, options);
  }
  fmt::print("\nTen days at 3 x with a day at 9 x in their middle: the second surge is told\n");
  fmt::print("| stream       | told | after |\n|---|---|---|\n");
  for (const double rate : {1.0, 5.0, 50.0}) second_surge(rate, options);
}

void after_table(const TableOptions& options) {
  fmt::print("One hour at a multiple of the rate, some days after ten days at 5 x; one false alarm a month:\n");
  fmt::print("| stream                 | found | found without the ten days |\n|---|---|---|\n");
  for (const int days : {1, 7, 21}) {
    after_ten_days(50.0, 4.0, days, options);
    after_ten_days(5.0, 4.0, days, options);
    after_ten_days(5.0, 8.0, days, options);
    after_ten_days(1.0, 4.0, days, options);
  }
}

}  // namespace tapewatch::bench
