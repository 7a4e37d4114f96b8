// A company of which little is heard: 0.14 stories a day, a budget of one false alarm in two years, two stories.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

struct Case {
  const char* name;
  int stories;
  std::int64_t length_ms;
};

/// Plants one surge in each series of each stream, at a time of its own after half a year.
void measure(const Case& planted, int series, const TableOptions& options) {
  const std::string row = fmt::format("{} x {}", series, planted.name);
  if (!wanted(options, row)) return;
  const int trials = options.quick ? 60 : 300;
  NewsOptions quiet;
  quiet.series = series;
  quiet.rate = 0.14 / 24.0;
  RuleSetting rule;
  rule.variant = options.variant;
  rule.series = series;
  rule.budget = kHalfYearly.over(series);
  rule.min_stories = 2;
  int found = 0;
  std::vector<double> delays;
  for (int i = 0; i * series < trials; ++i) {
    progress(row, i + 1, trials / series);
    const std::uint64_t seed = stream_seed(options, row, i);
    SimulatedNews news(quiet, seed);
    ProductJudge judge(rule);
    alerts::test::Dice dice(seed + 1);
    std::vector<Surge> surges;
    for (int s = 0; s < series; ++s) {
      const double weeks = 26.0 + (s + dice.uniform()) * 26.0 / series;
      surges.push_back({s, kEpochMs + static_cast<std::int64_t>(weeks * kWeekMs), planted.length_ms, planted.stories});
      news.add(surges.back());
    }
    listen(news, 53 * 168, judge);
    for (const Surge& surge : surges) {
      const std::int64_t end = surge.from_ms + surge.length_ms + kHourMs;
      const auto first = std::find_if(judge.verdicts.begin(), judge.verdicts.end(), [&](const Verdict& v) {
        return v.kind == Verdict::Kind::opened && v.series == surge.series && v.at_ms >= surge.from_ms && v.at_ms < end;
      });
      if (first == judge.verdicts.end()) continue;
      ++found;
      delays.push_back(static_cast<double>(first->at_ms - surge.from_ms) / kMinuteMs);
    }
  }
  std::sort(delays.begin(), delays.end());
  const int planted_in_all = (trials + series - 1) / series * series;
  fmt::print("| {:<6} | {:<20} | {:<16} | {:>6.0f} |\n", series, planted.name, percent(found, planted_in_all),
             delays.empty() ? 0.0 : delays[delays.size() / 2]);
  std::fflush(stdout);
}

}  // namespace

void sparse_table(const TableOptions& options) {
  fmt::print("| series | planted              | found            | median min |\n|---|---|---|---|\n");
  for (const int series : {1, 30}) {
    for (const Case& planted :
         {Case{"20 stories in 72 h", 20, 72 * kHourMs}, Case{"20 stories in 24 h", 20, kDayMs},
          Case{"20 stories in 6 h", 20, 6 * kHourMs}, Case{"5 stories in 15 min", 5, 15 * kMinuteMs}}) {
      measure(planted, series, options);
    }
  }
}

}  // namespace tapewatch::bench
