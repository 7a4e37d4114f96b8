// The budget is a promise: measured false alarms on surge-free streams spend it. Deterministic seeds.
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

struct Measured {
  std::size_t alarms = 0;
  double allowed = 0.0;
};

Measured measure(const StreamOptions& options, RuleOptions rule, std::vector<std::uint64_t> seeds) {
  Measured sum;
  for (const std::uint64_t seed : seeds) {
    TrendDetector detector({rule});
    sum.alarms += count_type(run(detector, quiet_stream(options, seed), false), "alert.firing");
    const double watched_days = options.days;
    sum.allowed += rule.false_alarms.count * watched_days * 24.0 /
                   std::chrono::duration<double, std::ratio<3600>>(rule.false_alarms.per).count();
  }
  return sum;
}

/// A budget is spent, about: some weeks of some series are a small sample, and rules of so few weeks are young.
void check_spent(const Measured& m) {
  const double alarms = static_cast<double>(m.alarms);
  CHECK(alarms <= 1.5 * m.allowed + 2.0 * std::sqrt(m.allowed));
  CHECK(alarms >= 0.25 * m.allowed - 2.0 * std::sqrt(m.allowed));
}

RuleOptions rule_with(const char* budget, std::size_t min_stories) {
  RuleOptions rule = entity_rule();
  rule.false_alarms = parse_false_alarms(budget).value();
  rule.min_stories = min_stories;
  rule.resolve_after = 5min;  // short episodes: one surge may not hide the next in this measurement
  rule.cool_down = 0min;
  return rule;
}

}  // namespace

TEST_CASE("surge-free Poisson news with a day and a week spend the budget") {
  StreamOptions options;
  for (const char* budget : {"1 per week", "1 per day", "5 per day"}) {
    const Measured m = measure(options, rule_with(budget, 2), {11, 12, 13});
    INFO(budget << ": " << m.alarms << " alarms, " << m.allowed << " allowed");
    check_spent(m);
  }
}

TEST_CASE("over-dispersed news spend the budget") {
  StreamOptions options;
  options.gamma_shape = 2.0;
  for (const char* budget : {"1 per week", "1 per day", "5 per day"}) {
    const Measured m = measure(options, rule_with(budget, 2), {21, 22, 23});
    INFO(budget << ": " << m.alarms << " alarms, " << m.allowed << " allowed");
    check_spent(m);
  }
}

TEST_CASE("busy, very uneven and over-dispersed news spend the budget from the first days on") {
  StreamOptions options;
  options.series = 6;
  options.days = 14;
  options.largest_rate = 30.0;
  options.daily_swing = 0.95;
  options.weekend = 0.15;
  options.gamma_shape = 4.0;
  for (const auto offset : {0h, 5 * 24h}) {  // the first days known are weekdays, or a weekend
    options.start = kMonday + offset;
    for (const char* budget : {"1 per week", "1 per day"}) {
      const Measured m = measure(options, rule_with(budget, 5), {31, 32, 33, 34});
      INFO(budget << ": " << m.alarms << " alarms, " << m.allowed << " allowed");
      check_spent(m);
    }
  }
}
