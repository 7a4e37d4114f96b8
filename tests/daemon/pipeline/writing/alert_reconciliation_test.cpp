#include "daemon/pipeline/writing/alert_reconciliation.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using alerts::AlertState;

namespace {

alerts::Transition step(const std::string& id, std::int64_t sequence, AlertState state, const std::string& type) {
  alerts::Transition made;
  made.alert_id = id;
  made.rule = "burst";
  made.key = {{"entity", "halden"}};
  made.sequence = sequence;
  made.state = state;
  made.type = type;
  return made;
}

ToldAlert told(const std::string& id, AlertState state, std::int64_t sequence, std::int64_t opened_seq) {
  return {id, "burst", R"({"entity":"halden"})", state, sequence, false, opened_seq, {}};
}

const auto kFiring = step("a", 1, AlertState::firing, "alert.firing");
const auto kResolved = step("a", 2, AlertState::resolved, "alert.resolved");

}  // namespace

TEST_CASE("reconciliation: nobody was told: told whole") {
  const std::vector steps = {kFiring, kResolved};
  const auto found = reconcile({}, {10, steps, {}});
  REQUIRE(found.tell.size() == 2);
  CHECK(found.tell[1].type == "alert.resolved");
  CHECK(found.go_on.empty());
}

TEST_CASE("reconciliation: what was told is not told again, and goes on with its number") {
  const std::vector steps = {kFiring};
  const std::vector was = {told("a", AlertState::firing, 3, 11)};
  const auto found = reconcile(was, {10, steps, steps});
  CHECK(found.tell.empty());
  REQUIRE(found.go_on.size() == 1);
  CHECK(found.go_on[0].sequence == 3);
  CHECK(found.unfounded.empty());
}

TEST_CASE("reconciliation: under another start it keeps its id, and the right start is recorded, unsent") {
  const std::vector steps = {kFiring};
  const std::vector was = {told("b", AlertState::firing, 1, 11)};
  const auto found = reconcile(was, {10, steps, steps});
  REQUIRE(found.tell.size() == 1);
  CHECK(found.tell[0].alert_id == "b");
  CHECK(found.tell[0].sequence == 2);
  CHECK(found.tell[0].type.empty());
  CHECK(found.go_on[0].told_id == "b");
  CHECK(found.go_on[0].sequence == 2);
}

TEST_CASE("reconciliation: an alert that ended in the wrong time fires on; one that is over by now ends") {
  const std::vector still = {step("a", 1, AlertState::firing, "")};
  const std::vector ended = {told("a", AlertState::resolved, 2, 5)};
  const auto again = reconcile(ended, {10, {}, still});
  REQUIRE(again.tell.size() == 1);
  CHECK(again.tell[0].type == "alert.firing");
  CHECK(again.tell[0].sequence == 3);
  CHECK(again.go_on[0].sequence == 3);

  const std::vector over = {kResolved};
  const std::vector open = {told("a", AlertState::firing, 4, 5)};
  const auto done = reconcile(open, {10, over, {}});
  REQUIRE(done.tell.size() == 1);
  CHECK(done.tell[0].type == "alert.resolved");
  CHECK(done.tell[0].sequence == 5);
}

TEST_CASE("reconciliation: what the rows do not give is named: open, or late and of these rows") {
  auto late = told("late", AlertState::resolved, 2, 12), old_late = told("old", AlertState::resolved, 2, 3);
  late.late = old_late.late = true;
  const std::vector was = {told("open", AlertState::firing, 1, 11), late, old_late,
                           told("over", AlertState::resolved, 2, 11)};
  const auto found = reconcile(was, {10, {}, {}});
  CHECK(found.tell.empty());
  CHECK(found.unfounded == std::vector<std::string>{"open", "late"});
}

TEST_CASE("reconciliation: two surges of one series in the rows are matched in their order") {
  const std::vector steps = {kFiring, kResolved, step("c", 1, AlertState::firing, "alert.firing")};
  const std::vector open = {steps[2]};
  const std::vector was = {told("x", AlertState::resolved, 2, 11), told("y", AlertState::firing, 1, 12)};
  const auto found = reconcile(was, {10, steps, open});
  REQUIRE(found.tell.size() == 2);
  CHECK(found.tell[0].alert_id == "x");
  CHECK(found.tell[0].type.empty());
  CHECK(found.tell[1].alert_id == "y");
  CHECK(found.go_on[0].told_id == "y");
}
