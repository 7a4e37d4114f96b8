// What the statistics of one rule find and what they leave alone, without stories, alerts and their text.
// Deterministic.
#include "alerts/detector/surge_engine.hpp"

#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

constexpr std::int64_t kHourMs = 3'600'000;
const std::int64_t kStart = kMonday.time_since_epoch().count() / kHourMs;  // in hours
constexpr std::array<int, 8> kWindows = {5, 15, 60, 180, 480, 1440, 4320, 10080};

/// Votes of one series at moments in hours after kStart: `rate` an hour with half its height as a daily swing.
std::vector<double> quiet(double rate, double hours, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<double> votes;
  for (double t = dice.exponential() / (1.5 * rate); t < hours; t += dice.exponential() / (1.5 * rate)) {
    if (dice.uniform() * 1.5 < 1.0 - 0.5 * std::cos(6.283185307179586 * t / 24.0)) votes.push_back(t);
  }
  return votes;
}

void add(std::vector<double>& votes, double from, double length, int count, std::uint64_t seed) {
  Dice dice(seed);
  for (int i = 0; i < count; ++i) votes.push_back(from + dice.uniform() * length);
  std::sort(votes.begin(), votes.end());
}

/// Stories in clumps: a third of them bring one more, twenty minutes later in the mean. Their dispersion is 2.
std::vector<double> clumped(double rate, double hours, std::uint64_t seed) {
  Dice dice(seed + 1'000);
  std::vector<double> votes;
  for (double at : quiet(rate / 1.5, hours, seed)) {
    votes.push_back(at);
    while (dice.uniform() < 1.0 / 3.0) votes.push_back(at += dice.exponential() / 3.0);
  }
  std::sort(votes.begin(), votes.end());
  return votes;
}

struct Alarm {
  double opened = 0.0;
  double closed = 1e9;
  bool accepted = false;
  int escalations = 0;
};

/// One series: what its owner does, with the life of an alert at its simplest.
std::vector<Alarm> listen(const std::vector<double>& votes, double budget_a_week, std::size_t min_stories,
                          double hours) {
  SurgeEngine engine(kWindows, min_stories, budget_a_week);
  SurgeSeries series;
  std::vector<Alarm> alarms;
  engine.start(kStart);
  engine.add(series);
  const auto pass_to = [&](std::int64_t ms) {
    for (std::int64_t minute = series.judge.open() ? engine.hour() * 60 : 0;; ++minute) {
      const std::int64_t now = std::min(ms, minute * 60'000);
      if (!series.judge.open()) return;
      engine.pass(series, now);
      const double at = static_cast<double>(now) / kHourMs - static_cast<double>(kStart);
      if (series.judge.lasts(now)) {
        series.judge.end_accepted(now, series.baseline);
        alarms.back().accepted = true;
        alarms.back().closed = at;
      } else if (series.judge.calm(now, engine.shared().model())) {
        series.judge.end_calm(series.baseline, engine.shared(), 1);
        alarms.back().closed = at;
      }
      if (now == ms) return;
    }
  };
  const auto advance = [&](std::int64_t hour) {
    while (engine.hour() < hour) {
      pass_to((engine.hour() + 1) * kHourMs - 1);
      SurgeSeries* active = &series;
      engine.close_hour(std::span(&active, 1));
    }
  };
  for (const double vote : votes) {
    const auto now = static_cast<std::int64_t>((vote + static_cast<double>(kStart)) * kHourMs);
    advance(now / kHourMs);
    pass_to(now);
    if (!engine.count(series, now, now)) continue;
    const auto verdict = engine.judge(series, now, now);
    if (verdict.escalated) ++alarms.back().escalations;
    if (!verdict.alarm || series.judge.open()) continue;
    engine.open(series, now, *verdict.alarm);
    alarms.push_back({vote});
  }
  advance(kStart + static_cast<std::int64_t>(hours));
  return alarms;
}

bool opened_in(const std::vector<Alarm>& alarms, double from, double to) {
  return std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& a) { return a.opened >= from && a.opened <= to; });
}

double open_share(const std::vector<Alarm>& alarms, double from, double to) {
  double open = 0.0;
  for (const Alarm& a : alarms) open += std::max(0.0, std::min(a.closed, to) - std::max(a.opened, from));
  return open / (to - from);
}

constexpr double kHalfYearly = 0.5 / 52.0;
constexpr double kMonthly = 7.0 / 30.0;
constexpr double kWeekly = 1.0;

}  // namespace

TEST_CASE("a company of which little is heard: bursts and slow surges of days are found") {
  struct Row {
    double hours;
    int stories;
    int least;
  };
  for (const Row& row : {Row{0.25, 5, 15}, Row{6, 20, 18}, Row{24, 20, 18}, Row{72, 20, 18}}) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const double at = 26 * 168 + 7.0 * static_cast<double>(seed);
      auto votes = quiet(0.14 / 24, 30 * 168, seed);
      add(votes, at, row.hours, row.stories, seed + 100);
      found += opened_in(listen(votes, kHalfYearly, 2, 30 * 168), at, at + row.hours);
    }
    INFO(row.stories << " in " << row.hours << " h: " << found << " of 20");
    CHECK(found >= row.least);
  }
}

TEST_CASE("an alert stays open through ten days of surge, and a week later the series is awake") {
  for (const double rate : {5.0, 50.0}) {
    for (const double times : {2.0, 5.0}) {
      double share = 0.0;
      int again = 0;
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const double from = 6 * 168, to = from + 240, second = to + 7 * 24 + 13;
        auto votes = quiet(rate, second + 48, seed);
        for (const double t : quiet(rate * (times - 1.0), 240, seed + 50)) votes.push_back(from + t);
        std::sort(votes.begin(), votes.end());
        add(votes, second, 1.0, static_cast<int>(rate * 4.5), seed + 70);
        const auto alarms = listen(votes, kMonthly, 5, second + 48);
        share += open_share(alarms, from, to) / 4;
        again += opened_in(alarms, second, second + 1.05);
      }
      INFO(rate << " an hour, " << times << " times: open " << share << ", then found " << again << " of 4");
      CHECK(share >= (times > 2.0 ? 0.95 : 0.9));
      CHECK(again == 4);
    }
  }
}

TEST_CASE("a level that stays is accepted after a stated time") {
  auto votes = quiet(5.0, 14 * 168, 3);
  for (const double t : quiet(15.0, 8 * 168, 4)) votes.push_back(6 * 168 + t);
  std::sort(votes.begin(), votes.end());
  const auto alarms = listen(votes, kMonthly, 5, 14 * 168);
  const auto accepted = std::find_if(alarms.begin(), alarms.end(), [](const Alarm& a) { return a.accepted; });
  REQUIRE(accepted != alarms.end());
  CHECK(accepted->closed - accepted->opened == Approx(21 * 24).margin(1.0));
  CHECK_FALSE(opened_in(alarms, accepted->closed + 24, 14 * 168));  // it is normal now
}

TEST_CASE("a second, larger surge inside an open one is told") {
  int told = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    auto votes = quiet(5.0, 9 * 168, seed);
    for (const double t : quiet(10.0, 240, seed + 20)) votes.push_back(6 * 168 + t);
    for (const double t : quiet(75.0, 6, seed + 40)) votes.push_back(7 * 168 + t);
    std::sort(votes.begin(), votes.end());
    for (const Alarm& a : listen(votes, kMonthly, 5, 9 * 168)) told += a.escalations > 0;
  }
  CHECK(told >= 4);
}

TEST_CASE("the first two days of a busy wire raise no storm") {
  std::size_t alarms = 0;
  for (const double rate : {120.0, 240.0, 600.0}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) alarms += listen(quiet(rate, 48, seed), kMonthly, 5, 48).size();
  }
  CHECK(alarms <= 2);
}

TEST_CASE("a single series spends its budget") {
  struct Row {
    double rate;
    double weeks;
    std::size_t min_stories;
  };
  for (const Row& row : {Row{0.05, 400, 3}, Row{1.0, 160, 5}, Row{5.0, 80, 5}}) {
    std::size_t alarms = 0;
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      alarms += listen(quiet(row.rate, row.weeks * 168, seed), kMonthly, row.min_stories, row.weeks * 168).size();
    }
    const double allowed = 2 * row.weeks * kMonthly;
    INFO(row.rate << " an hour: " << alarms << " alarms, " << allowed << " allowed");
    CHECK(static_cast<double>(alarms) <= 1.1 * allowed + 2.0 * std::sqrt(allowed));
    CHECK(static_cast<double>(alarms) >= 0.5 * allowed - 2.0 * std::sqrt(allowed));
  }
}

TEST_CASE("a single series of two stories a day in clumps spends a loose budget and no more") {
  constexpr double kWeeks = 52;
  std::size_t alarms = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    alarms += listen(clumped(0.1, kWeeks * 168, seed), kWeekly, 2, kWeeks * 168).size();
  }
  INFO(alarms << " alarms, " << 3 * kWeeks << " allowed");
  CHECK(static_cast<double>(alarms) <= 1.1 * 3 * kWeeks);
  CHECK(static_cast<double>(alarms) >= 0.5 * 3 * kWeeks);
}

TEST_CASE("where much is allowed, what hardly was an alarm of a sparse series is over within a day") {
  double open = 0.0;
  std::size_t alarms = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    constexpr double kHours = 52 * 168;
    const auto told = listen(quiet(1.0 / 24, kHours, seed), kWeekly, 2, kHours);
    alarms += told.size();
    open += open_share(told, 0.0, kHours) * kHours;
  }
  REQUIRE(alarms > 50);
  INFO(open / static_cast<double>(alarms) << " hours");
  CHECK(open / static_cast<double>(alarms) < 20.0);
}

TEST_CASE("a probability means the same in a quiet series and in a busy one") {
  constexpr double kLearned = 8 * 168.0, kEnd = 32 * 168.0;
  for (const double rate : {1.0, 5.0, 40.0}) {
    SurgeEngine engine(kWindows, 5, 1.0);
    SurgeSeries series;
    engine.start(kStart);
    engine.add(series);
    int looks = 0, below_a_tenth = 0, below_a_hundredth = 0;
    double hour = 0;
    const auto close = [&] {
      const std::int64_t end = (kStart + static_cast<std::int64_t>(hour) + 1) * kHourMs - 1;
      const auto seen = hour >= kLearned ? engine.reading(series, 60, end) : std::nullopt;
      if (seen) {
        ++looks;
        below_a_tenth += seen->log_p <= std::log(0.1);
        below_a_hundredth += seen->log_p <= std::log(0.01);
      }
      SurgeSeries* active = &series;
      engine.close_hour(std::span(&active, 1));
      ++hour;
    };
    for (const double at : quiet(rate, kEnd, 7)) {
      while (hour + 1 <= at) close();
      const auto ms = static_cast<std::int64_t>((static_cast<double>(kStart) + at) * kHourMs);
      engine.count(series, ms, ms);
    }
    INFO(rate << " an hour: " << looks << " looks, " << below_a_tenth << " below 0.1, " << below_a_hundredth
              << " below 0.01");
    CHECK(looks > 3'000);
    CHECK(below_a_tenth <= looks * 12 / 100);
    CHECK(below_a_tenth >= looks * 3 / 100);
    CHECK(below_a_hundredth <= looks * 15 / 1'000);
    CHECK(below_a_hundredth >= looks * 1 / 1'000);
  }
}
