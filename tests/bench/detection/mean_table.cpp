// The measure mean_sentiment: false alarms against the budget, and falls of one deviation that are found.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "alerts/detector/trend_detector.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

using namespace alerts;
using alerts::test::Dice;
using std::chrono::hours;

/// How sentiment is distributed, and how much means move by themselves from one day to another.
struct Mood {
  const char* name;
  double negative, neutral;  ///< shares; the rest is positive
  double day_deviation;
};
constexpr Mood kMixed{"mixed", 0.3, 0.45, 0.0};
constexpr Mood kGood{"mostly good", 0.05, 0.25, 0.0};
constexpr Mood kMoody{"moody days", 0.3, 0.45, 0.1};

struct Wires {
  Mood mood;
  int series;
  double rate;  ///< stories an hour of each
};

struct Fall {
  int series = -1;
  TimePoint from{}, to{};
  double by = 0.0;
};

double deviation_of(const Mood& mood) {
  const double positive = 1.0 - mood.negative - mood.neutral;
  const double mean = 0.7 * positive - 0.75 * mood.negative;
  return std::sqrt(0.49 * positive + 0.5625 * mood.negative - mean * mean + 0.01);
}

struct Outcome {
  int alerts = 0;
  bool found = false;
};

/// Wires for so many days; only days after the first fourteen count.
Outcome listen(const Wires& wires, int days, const Allowance& allowance, const Fall& fall, std::uint64_t seed) {
  const auto& [mood, series, rate] = wires;
  RuleOptions rule;
  rule.name = "mean";
  rule.measure = Measure::mean_sentiment;
  rule.group_by = {"source"};
  rule.false_alarms = allowance.over(series);
  TrendDetector detector({rule});
  Dice dice(seed);
  Outcome out;
  std::int64_t story = 0;
  std::vector<double> moods(static_cast<std::size_t>(series), 0.0);
  const auto hear = [&](const std::vector<Transition>& some) {
    for (const Transition& t : some) {
      if (t.type != "alert.firing" || t.started_at < test::kMonday + hours{14 * 24}) continue;
      const bool planted = fall.series >= 0 && t.key.at("source") == std::to_string(fall.series) &&
                           t.started_at >= fall.from && t.started_at < fall.to + hours{6};
      out.found = out.found || planted;
      out.alerts += planted ? 0 : 1;
    }
  };
  const double total = rate * series;
  TimePoint tick = test::kMonday;
  for (double t = dice.exponential() / total; t < 24.0 * days; t += dice.exponential() / total) {
    const TimePoint at = test::kMonday + std::chrono::milliseconds{static_cast<std::int64_t>(t * 3.6e6)};
    for (; tick + hours{1} <= at; tick += hours{1}) {
      hear(detector.tick(0, tick + hours{1}));
      if ((tick - test::kMonday) % hours{24} == hours{0}) {
        for (double& m : moods) m = mood.day_deviation * dice.normal();
      }
    }
    const int of = static_cast<int>(dice.uniform() * series);
    const double kind = dice.uniform();
    double sentiment = kind < mood.negative ? -0.75 : kind < mood.negative + mood.neutral ? 0.0 : 0.7;
    sentiment += 0.1 * dice.normal() + moods[static_cast<std::size_t>(of)];
    if (of == fall.series && at >= fall.from && at < fall.to) sentiment -= fall.by * deviation_of(mood);
    Observation row;
    row.at = at;
    row.source = std::to_string(of);
    row.topic = "t";
    row.label = Label::neutral;
    row.sentiment = std::clamp(sentiment, -1.0, 1.0);
    row.story_id = ++story;
    hear(detector.observe(row));
  }
  return out;
}

void false_alarms(const Mood& mood, int series, double rate, const Allowance& allowance, const TableOptions& options) {
  const std::string row = fmt::format("{} {} x {}/h {}", mood.name, series, rate, allowance.name);
  if (!wanted(options, row)) return;
  const double enough = options.quick ? 12.0 : 40.0;
  const double weeks = std::min(enough / (allowance.a_week() * series), options.quick ? 60.0 : 400.0);
  const int days = 14 + static_cast<int>(weeks * 7.0);
  const int alerts = listen({mood, series, rate}, days, allowance, {}, stream_seed(options, row, 0)).alerts;
  const double allowed = allowance.a_week() * series * (days - 14) / 7.0;
  const Interval interval = poisson_interval(alerts);
  fmt::print("| {:<32} | {:>3} | {:>5.1f} | {:.2f} ({:.2f}-{:.2f}) |\n", row, alerts, allowed, alerts / allowed,
             interval.low / allowed, interval.high / allowed);
  std::fflush(stdout);
}

void falls(const Mood& mood, int series, double rate, const TableOptions& options) {
  const std::string row = fmt::format("{} {} x {}/h", mood.name, series, rate);
  if (!wanted(options, row)) return;
  const int trials = options.quick ? 20 : 100;
  int found = 0;
  for (int i = 0; i < trials; ++i) {
    progress(row, i + 1, trials);
    Dice dice(stream_seed(options, row, i));
    const TimePoint from = test::kMonday + hours{28 * 24 + static_cast<int>(dice.uniform() * 24)};
    const Fall fall{0, from, from + hours{24}, 1.0};
    found += listen({mood, series, rate}, 30, kMonthly, fall, stream_seed(options, row, 1000 + i)).found;
  }
  fmt::print("| {:<24} | {} |\n", row, percent(found, trials));
  std::fflush(stdout);
}

}  // namespace

void mean_table(const TableOptions& options) {
  fmt::print("mean_sentiment, false alarms measured over allowed (95 %), from the third week on:\n");
  fmt::print("| setting | alarms | allowed | spent |\n|---|---|---|---|\n");
  for (const Mood& mood : {kMixed, kGood, kMoody}) {
    for (const int series : {1, 30}) {
      for (const double rate : {0.2, 2.0, 20.0}) {
        for (const Allowance& allowance : {kWeekly, kMonthly}) false_alarms(mood, series, rate, allowance, options);
      }
    }
  }
  fmt::print("\nA fall of one standard deviation for a day, one false alarm a series and month allowed:\n");
  fmt::print("| setting | found within the day and six hours |\n|---|---|\n");
  for (const Mood& mood : {kMixed, kMoody}) {
    for (const int series : {1, 30}) {
      for (const double rate : {0.2, 0.5, 2.0, 20.0}) falls(mood, series, rate, options);
    }
  }
}

}  // namespace tapewatch::bench
