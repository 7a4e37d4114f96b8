#include "alerts/notification/silence_options.hpp"

#include "alerts/alert.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

namespace {

TimePoint at_hour(int hour) { return TimePoint{} + std::chrono::hours(500'000 + hour); }

Transition burst() {
  Transition transition;
  transition.rule = "burst";
  transition.severity = "critical";
  transition.key = {{"topic", "earnings"}, {"entity", "acme"}};
  transition.labels = {{"team", "desk"}, {"topic", "a label that is called like a dimension"}};
  return transition;
}

using Match = std::map<std::string, std::vector<std::string>>;

Silence silence(Match match) {
  Silence one;
  one.match = std::move(match);
  one.from = at_hour(0);
  one.to = at_hour(1);
  one.by = "Ana";
  return one;
}

std::string problem_of(const Silence& one) {
  const auto problem = validate(one);
  return problem ? problem->member + ": " + problem->what : "none";
}

}  // namespace

TEST_CASE("a silence is about alerts whose rule, severity, labels and series hold what it names") {
  const Transition alert = burst();
  for (const Match& match :
       {Match{{"rule", {"other", "burst"}}}, Match{{"severity", {"critical"}}}, Match{{"team", {"desk"}}},
        Match{{"entity", {"acme"}}}, Match{{"topic", {"earnings"}}, {"team", {"desk"}}, {"rule", {"burst"}}}}) {
    CHECK(matches(silence(match), alert));
  }
  for (const Match& match : {Match{{"rule", {"other"}}}, Match{{"severity", {"info", "warning"}}},
                             Match{{"team", {"desk"}}, {"rule", {"other"}}}, Match{{"source", {"wire"}}},
                             Match{{"region", {"desk"}}}, Match{{"team", {}}}, Match{}}) {
    CHECK_FALSE(matches(silence(match), alert));
  }
  Transition whole_stream = burst();
  whole_stream.key.clear();
  CHECK_FALSE(matches(silence({{"topic", {"earnings"}}}), whole_stream));
  CHECK(matches(silence({{"topic", {"a label that is called like a dimension"}}}), whole_stream));
  CHECK_FALSE(matches(silence({{"topic", {"a label that is called like a dimension"}}}), alert));
}

TEST_CASE("a silence is in force from its beginning until just before its end") {
  const Silence one = silence({{"rule", {"burst"}}});
  CHECK_FALSE(one.in_force(at_hour(0) - std::chrono::milliseconds(1)));
  CHECK(one.in_force(at_hour(0)));
  CHECK(one.in_force(at_hour(1) - std::chrono::milliseconds(1)));
  CHECK_FALSE(one.in_force(at_hour(1)));
}

TEST_CASE("a silence that can silence nothing, or that nobody wants, is refused by the name of the member") {
  const Silence good = silence({{"rule", {"burst"}}});
  CHECK(problem_of(good) == "none");
  CHECK(problem_of(silence({})) ==
        "match: names nothing: give a rule, a severity, a topic, an entity, a source or a label");
  CHECK(problem_of(silence({{"team", {}}})) == "match.team: accepts nothing: name a value or leave it out");
  CHECK(problem_of(silence({{"team", {""}}})) == "match.team: a value must not be empty");
  CHECK(problem_of(silence({{"", {"desk"}}})) == "match: a name must not be empty");
  CHECK(problem_of(silence({{"severity", {"grave"}}})) ==
        "match.severity: takes critical, error, warning and info, not \"grave\"");
  CHECK(problem_of(silence({{"team", std::vector<std::string>(101, "x")}})) ==
        "match.team: holds more than 100 values");

  Silence one = good;
  one.to = one.from;
  CHECK(problem_of(one) == "to: must be after from: the silence ends before it begins");
  one = good;
  one.by.clear();
  CHECK(problem_of(one) == "by: must say who wants the silence");
  one.by = std::string(201, 'x');
  CHECK(problem_of(one) == "by: is longer than 200 bytes");
  one.by = "An\x1b[2Ja";
  CHECK(problem_of(one) == "by: holds a control character");
  one.by = "Ana\n";
  CHECK(problem_of(one) == "by: holds a control character");
  one = good;
  one.comment = "a\xff";
  CHECK(problem_of(one) == "comment: is not valid UTF-8");
  one.comment = "two\nlines, été";
  CHECK(problem_of(one) == "none");
}
