// Which alerts count as the same, and how the others are told.
#include "daemon/pipeline/backtest/alert_difference.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const alerts::TimePoint kStart = alerts::TimePoint(std::chrono::milliseconds(1'767'600'000'000));

alerts::Transition step(const std::string& id, const char* type, alerts::TimePoint at) {
  alerts::Transition transition;
  transition.alert_id = id;
  transition.rule = "burst";
  transition.key = {{"entity", "halden"}};
  transition.type = type;
  transition.state = std::string(type) == "alert.resolved" ? alerts::AlertState::resolved : alerts::AlertState::firing;
  transition.updated_at = at;
  return transition;
}

FiredAlert alert(std::chrono::minutes from, std::optional<std::chrono::minutes> to, const std::string& rule = "burst",
                 const std::string& entity = "halden") {
  FiredAlert made{step("id", "alert.firing", kStart + from), std::nullopt, ""};
  made.firing.started_at = kStart + from;
  made.firing.rule = rule;
  made.firing.key = {{"entity", entity}};
  if (to) made.ended_at = kStart + *to;
  return made;
}

using Alerts = std::vector<FiredAlert>;

}  // namespace

TEST_CASE("fired alerts: with their ends, without the late and the unconfirmed") {
  FiredAlerts fired;
  auto pending = step("p", "", kStart);
  pending.state = alerts::AlertState::pending;
  auto unconfirmed = step("p", "", kStart + 1min);
  unconfirmed.state = alerts::AlertState::resolved;
  auto late = step("l", "alert.firing", kStart);
  late.late = true;
  fired.add({pending, late, step("a", "alert.firing", kStart), unconfirmed});
  auto resolved = step("a", "alert.resolved", kStart + 40min);
  resolved.ended_at = kStart + 39min;
  resolved.reason = "calm";
  fired.add({step("b", "alert.firing", kStart + 1min), step("a", "alert.updated", kStart + 2min), resolved});
  REQUIRE(fired.all().size() == 2);
  CHECK(fired.all()[0].firing.alert_id == "a");
  CHECK(fired.all()[0].ended_at == kStart + 39min);
  CHECK(fired.all()[0].reason == "calm");
  CHECK(fired.all()[1].firing.alert_id == "b");
  CHECK_FALSE(fired.all()[1].ended_at);
}

TEST_CASE("alerts are the same if rule and key are equal and their spans share a moment") {
  struct Case {
    const char* what;
    FiredAlert now, before;
    bool same;
  };
  const Case cases[] = {
      {"within", alert(10min, 20min), alert(0min, 60min), true},
      {"overlap", alert(0min, 20min), alert(10min, 60min), true},
      {"one ends where the other starts", alert(0min, 20min), alert(20min, 60min), true},
      {"apart", alert(0min, 20min), alert(21min, 60min), false},
      {"apart, the other way", alert(61min, 70min), alert(21min, 60min), false},
      {"still open", alert(0min, std::nullopt), alert(21min, 60min), true},
      {"both open", alert(0min, std::nullopt), alert(21min, std::nullopt), true},
      {"opened too late", alert(61min, std::nullopt), alert(21min, 60min), false},
      {"another rule", alert(0min, 20min, "other"), alert(0min, 20min), false},
      {"another series", alert(0min, 20min, "burst", "ostrava"), alert(0min, 20min), false},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    const Alerts now = {one.now}, before = {one.before};
    const auto found = difference(now, before);
    CHECK(found.same == (one.same ? 1 : 0));
    CHECK(found.gained == (one.same ? 0 : 1));
    CHECK(found.lost == found.gained);
    CHECK(found.changes.size() == found.gained + found.lost);
  }
}

TEST_CASE("changes come in the order of their starts, then of rule and key, lost before gained") {
  const Alerts now = {alert(50min, 55min), alert(0min, 1min, "b"), alert(0min, 1min, "a", "z")};
  const Alerts before = {alert(60min, std::nullopt), alert(0min, 1min, "a", "c"), alert(50min, 51min, "b")};
  const auto found = difference(now, before);
  std::string order;
  for (const auto& change : found.changes) {
    order += (change.gained ? "+" : "-") + change.alert->firing.rule + change.alert->firing.key.at("entity") + " ";
  }
  CHECK(order == "-ac +az +bhalden -bhalden +bursthalden -bursthalden ");
}

TEST_CASE("one long alert is the counterpart of several short ones") {
  const Alerts now = {alert(0min, std::nullopt)};
  const Alerts before = {alert(0min, 10min), alert(30min, 40min)};
  const auto found = difference(now, before);
  CHECK(found.same == 1);
  CHECK(found.changes.empty());
  CHECK(difference(before, now).same == 2);
}

TEST_CASE("a change is one line with the span and the firing evidence") {
  FiredAlert one = alert(0min, 30min);
  one.reason = "calm";
  one.firing.updated_at = kStart + 2min;
  one.firing.evidence.observed = 9;
  const std::string line = change_json({false, &one});
  CAPTURE(line);
  CHECK(line.starts_with(R"({"change":"lost","id":"id","rule":"burst",)"));
  CHECK(line.find(R"("key":{"entity":"halden"},"started_at":"2026-01-05T08:00:00.000Z",)"
                  R"("fired_at":"2026-01-05T08:02:00.000Z","ended_at":"2026-01-05T08:30:00.000Z","reason":"calm")") !=
        std::string::npos);
  CHECK(line.find(R"("evidence":{"observed":9,)") != std::string::npos);
  CHECK(line.find('\n') == std::string::npos);
}

TEST_CASE("alerts per week") {
  CHECK(per_week(3, 24h * 7 * 2) == 1.5);
  CHECK_FALSE(per_week(3, 0ms));
}
