// The measure no_data: false alarms against the budget, and how long a source that falls silent is not missed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "alerts/detector/trend_detector.hpp"
#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

constexpr std::int64_t kLearnedWeeks = 8;

struct Wires {
  int series;
  double rate;   // stories an hour of each
  double clump;  // stories that come together
  std::string clumps_of() const {
    return clump > 2.0 ? fmt::format(" in clumps of {}", clump) : clump > 1.0 ? " in clumps" : "";
  }
  std::string name() const { return fmt::format("{} x {}/h{}", series, rate, clumps_of()); }
};

/// A rule that watches sources, one of which may end.
class SilenceJudge final : public Judge {
 public:
  SilenceJudge(const Wires& wires, const Allowance& allowance) : detector_({rule_of(wires, allowance)}) {
    row_ = negative_row();
    row_.entities.clear();
  }
  void end(int series, std::int64_t at_ms) { ended_ = series, ends_ = at_ms; }
  std::int64_t last_heard() const { return last_; }

  void story(const Story& story) override {
    if (story.series == ended_ && story.at_ms >= ends_) return;
    if (story.series == ended_) last_ = story.at_ms;
    advance(story.at_ms - 1);
    row_.seq = row_.story_id = ++seq_;
    row_.at = alerts::TimePoint{std::chrono::milliseconds{story.at_ms}};
    row_.source = std::to_string(story.series);
    note(detector_.observe(row_));
  }
  /// As the daemon ticks between documents too: never in steps that would be a jump of event time, which nobody
  /// watched.
  void advance(std::int64_t to_ms) override {
    constexpr std::int64_t kStepMs = 5 * kMinuteMs;
    std::int64_t now = detector_.event_time().time_since_epoch().count();
    if (seq_ == 0) now = to_ms - kStepMs;
    while (now + kStepMs < to_ms) tick(now += kStepMs);
    if (to_ms % kHourMs == 0 && now < to_ms) tick(to_ms);
  }

 private:
  static alerts::RuleOptions rule_of(const Wires& wires, const Allowance& allowance) {
    alerts::RuleOptions rule;
    rule.name = "silence";
    rule.measure = alerts::Measure::no_data;
    rule.group_by = {"source"};
    rule.false_alarms = allowance.over(wires.series);
    return rule;
  }
  void tick(std::int64_t at_ms) { note(detector_.tick(++seq_, alerts::TimePoint{std::chrono::milliseconds{at_ms}})); }
  void note(const std::vector<alerts::Transition>& transitions) {
    for (const alerts::Transition& told : transitions) {
      if (told.type != "alert.firing") continue;
      verdicts.push_back(
          {Verdict::Kind::opened, std::stoi(told.key.at("source")), told.updated_at.time_since_epoch().count(), {}});
    }
  }

  alerts::TrendDetector detector_;
  alerts::Observation row_;
  std::int64_t seq_ = 0;
  int ended_ = -1;
  std::int64_t ends_ = 0, last_ = 0;
};

NewsOptions news_of(const Wires& wires) {
  NewsOptions news;
  news.series = wires.series;
  news.rate = wires.rate;
  news.clump = wires.clump;
  return news;
}

void false_alarms(const Wires& wires, const Allowance& allowance, const TableOptions& options) {
  const std::string row = wires.name() + " " + allowance.name;
  if (!wanted(options, row)) return;
  constexpr std::int64_t kWeeks = 52;
  const double each = allowance.a_week() * wires.series * kWeeks;
  const int streams = static_cast<int>(std::ceil((options.quick ? 12.0 : 40.0) / each));
  int alarms = 0;
  for (int i = 0; i < streams; ++i) {
    progress(row, i + 1, streams);
    SimulatedNews news(news_of(wires), stream_seed(options, row, i));
    SilenceJudge judge(wires, allowance);
    listen(news, kWeeks * 168, judge);
    alarms += openings(judge, 0, std::numeric_limits<std::int64_t>::max());
  }
  const double allowed = each * streams;
  const Interval interval = poisson_interval(alarms);
  fmt::print("| {:<32} | {:>5.1f} | {:>3} | {:.2f} ({:.2f}-{:.2f}) |\n", row, allowed, alarms, alarms / allowed,
             interval.low / allowed, interval.high / allowed);
  std::fflush(stdout);
}

struct Delay {
  double hours = 0.0, stories = 0.0;  // since its last story, and that would have come
};

/// A source ends at any hour of the week; within four weeks an alert must fire, else nothing.
std::optional<Delay> delay_of(const Wires& wires, const Allowance& allowance, std::uint64_t seed) {
  SimulatedNews news(news_of(wires), seed);
  SilenceJudge judge(wires, allowance);
  const std::int64_t ends =
      kEpochMs + kLearnedWeeks * kWeekMs + static_cast<std::int64_t>(seed % 168) * kHourMs + kHourMs / 2;
  judge.end(0, ends);
  listen(news, (kLearnedWeeks + 5) * 168, judge);
  for (const Verdict& verdict : judge.verdicts) {
    if (verdict.series != 0 || verdict.at_ms < ends) continue;
    Delay delay;
    delay.hours = static_cast<double>(verdict.at_ms - judge.last_heard()) / static_cast<double>(kHourMs);
    for (std::int64_t at = judge.last_heard(); at < verdict.at_ms; at += 5 * kMinuteMs) {
      delay.stories += news.rate(0, at) / 12.0;
    }
    return delay;
  }
  return std::nullopt;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void delays(const Wires& wires, const Allowance& allowance, const TableOptions& options) {
  const std::string row = wires.name() + " " + allowance.name;
  if (!wanted(options, row)) return;
  const int trials = options.quick ? 20 : 60;
  std::vector<double> hours, stories;
  for (int i = 0; i < trials; ++i) {
    progress(row, i + 1, trials);
    const auto delay = delay_of(wires, allowance, stream_seed(options, row, 1000 + i));
    if (!delay) continue;
    hours.push_back(delay->hours);
    stories.push_back(delay->stories);
  }
  const int found = static_cast<int>(hours.size());
  fmt::print("| {:<32} | {} | {:>5.1f} | {:>5.1f} |\n", row, percent(found, trials), median(hours), median(stories));
  std::fflush(stdout);
}

}  // namespace

void silence_table(const TableOptions& options) {
  const Wires wires[] = {{1, 0.2, 1.0},  {1, 2.0, 1.0},  {1, 2.0, 1.5},  {1, 2.0, 3.0},  {1, 20.0, 1.0},
                         {30, 0.2, 1.0}, {30, 2.0, 1.0}, {30, 2.0, 1.5}, {30, 2.0, 3.0}, {30, 20.0, 1.0}};
  fmt::print("no_data, false alarms measured over allowed (95 %), in the first year:\n");
  fmt::print("| setting | allowed | alarms | spent |\n|---|---|---|---|\n");
  for (const Wires& each : wires) {
    for (const Allowance& allowance : {kWeekly, kMonthly}) false_alarms(each, allowance, options);
  }
  fmt::print("\nA source that falls silent after {} weeks:\n", kLearnedWeeks);
  fmt::print("| setting | missed within four weeks | median hours since its last story | stories missed |\n");
  fmt::print("|---|---|---|---|\n");
  for (const Wires& each : wires) delays(each, kMonthly, options);
}

}  // namespace tapewatch::bench
