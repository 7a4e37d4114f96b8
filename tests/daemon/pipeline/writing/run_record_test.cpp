#include "daemon/pipeline/writing/run_record.hpp"

#include "storage/incident/run_log.hpp"
#include "tests/storage/incident/incident_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using storage_test::at_minute;
using Lines = storage_test::IncidentBench::Lines;

namespace {

/// A clock that a test sets; it is `ahead` of the time that passes.
struct SetClock : EventClock {
  TimePoint now() const override { return at; }
  std::chrono::milliseconds elapsed() const override { return at.time_since_epoch() - ahead; }
  void pass(std::chrono::milliseconds time) { at += time; }
  void jump(std::chrono::milliseconds by) {
    at += by;
    ahead += by;
  }
  TimePoint at = at_minute(0);
  std::chrono::milliseconds ahead{0};
};

struct Bench : storage_test::IncidentBench {
  Bench() { start(); }
  void start(RunParts parts = {"model-1", {{"a", "1"}}, false}) {
    record.emplace(connection, clock);
    record->begin(parts);
  }
  /// A commit, as the writer makes it.
  void write() {
    commit([&] { record->write(); });
    record->written();
  }
  void look(bool paused) {
    record->look(paused);
    if (record->is_due()) write();
  }
  TimePoint alive() { return storage::RunLog(connection).last()->alive_at; }

  SetClock clock;
  std::optional<RunRecord> record;
};

alerts::RuleOptions named(const std::string& name, double false_alarms = 1) {
  auto rule = tests::burst_rule();
  rule.name = name;
  rule.false_alarms.count = false_alarms;
  return rule;
}

}  // namespace

TEST_CASE("run record: how long it was alive is in the database within a second of a commit, without one within 30") {
  Bench bench;
  bench.look(false);
  bench.clock.pass(999ms);
  bench.write();
  CHECK(bench.alive() == at_minute(0));
  bench.clock.pass(1ms);
  bench.write();
  CHECK(bench.alive() == at_minute(0) + 1s);
  bench.clock.pass(29'999ms);
  CHECK_FALSE(bench.record->is_due());
  bench.clock.pass(1ms);
  CHECK(bench.record->is_due());
  bench.look(false);
  CHECK(bench.alive() == at_minute(0) + 31s);
  CHECK_FALSE(bench.record->is_due());
}

TEST_CASE("run record: a pause is told when it begins and ends, also where its commit has to be repeated") {
  Bench bench;
  bench.look(false);
  bench.clock.pass(1min);
  bench.record->look(true);
  REQUIRE(bench.record->is_due());
  {
    storage::Transaction lost(bench.connection);
    bench.record->write();
  }
  CHECK(bench.shown().empty());
  bench.record->commits_fail();
  bench.clock.pass(1min);
  bench.write();
  // Nothing was written either while that commit failed.
  CHECK(bench.shown() == Lines{"ingestion_paused * 1-2 0", "ingestion_paused * 2- 0"});
  bench.clock.pass(8min);
  bench.look(true);
  bench.look(false);
  CHECK(bench.shown() == Lines{"ingestion_paused * 1-2 0", "ingestion_paused * 2-10 0"});
  bench.look(false);
  CHECK(bench.shown().size() == 2);
}

TEST_CASE("run record: what a killed run left open ends when it was last alive; then it was down") {
  Bench bench;
  bench.clock.pass(10min);
  bench.look(true);
  bench.clock.pass(5min);
  bench.look(true);
  bench.clock.pass(20s);  // and it is killed, before the next sign of life
  bench.clock.pass(40min);
  bench.start();
  CHECK(bench.shown() == Lines{"ingestion_paused * 10-15 0", "daemon_down * 15-55.33333333 0"});
  bench.look(true);  // the disk is still full
  CHECK(bench.shown().back() == "ingestion_paused * 55.33333333- 0");
}

TEST_CASE("run record: a clock that is followed forth is told, a correction is not; a failed commit tells it once") {
  Bench bench;
  bench.look(false);
  bench.clock.pass(1min);
  bench.clock.jump(4min);
  bench.look(false);
  CHECK(bench.shown().empty());
  bench.clock.pass(5min);
  bench.clock.jump(2h);
  bench.record->look(false);
  {
    storage::Transaction lost(bench.connection);
    bench.record->write();
  }
  bench.record->look(false);
  bench.write();
  CHECK(bench.shown() == Lines{"clock_jump * 10-130 0"});
  bench.clock.pass(1h);
  bench.clock.jump(-1h);  // event time is put back, which is told by what does it
  bench.look(false);
  CHECK(bench.shown().size() == 1);
  CHECK(bench.alive() == at_minute(130));
  bench.clock.pass(100ms);
  bench.clock.jump(-1h);
  CHECK(bench.record->is_due());  // what is alive now was not an hour later
  bench.look(false);
  CHECK(bench.alive() == at_minute(70) + 100ms);
  CHECK_FALSE(bench.record->is_due());
}

TEST_CASE("run record: another model is told until the rules have learned from it, other rules at once") {
  Bench bench;
  const auto restart = [&](RunParts parts) {
    bench.clock.pass(10min);
    bench.start(std::move(parts));
  };
  const auto told = [&] { return bench.shown({.kinds = {"model_changed", "rules_changed"}}); };
  restart({"model-1", {{"a", "1"}}, false});
  CHECK(told().empty());
  restart({"model-2", {{"a", "1"}}, true});
  CHECK(told() == Lines{"model_changed * 20- 0"});
  restart({"model-2", {{"a", "1"}}, true});  // it still learns
  CHECK(told() == Lines{"model_changed * 20- 0"});
  restart({"model-3", {{"a", "1"}}, true});
  CHECK(told() == Lines{"model_changed * 20-40 0", "model_changed * 40- 0"});
  restart({"model-3", {{"a", "2"}, {"b", "1"}}, false});  // by rules that learn nothing
  CHECK(told() == Lines{"model_changed * 20-40 0", "model_changed * 40-50 0", "rules_changed * 50-50.00001667 ?"});
  const auto rows = storage::list_incidents(bench.connection, {}).items;
  CHECK(rows[0].detail == "added: b; changed: a");
  restart({"model-4", {{"b", "1"}}, false});
  const auto last = storage::list_incidents(bench.connection, {}).items;
  CHECK(last[0].detail == "removed: a");
  CHECK(last[1].detail == "from model-3 to model-4");
  CHECK(*last[1].to - last[1].from == 1ms);
}

TEST_CASE("a rule is another one where it judges otherwise, not where it is told otherwise") {
  const auto before = rule_prints({named("a"), named("b"), named("c")});
  CHECK(before.size() == 3);
  auto loud = named("a");
  loud.labels = {{"team", "desk"}};
  loud.runbook_url = "https://wiki.example.com/a";
  loud.severity = "info";
  loud.escalate = alerts::Escalation{1h, "warning"};
  loud.repeat = 1h;
  CHECK(rule_change(before, rule_prints({named("c"), named("b"), loud})).empty());
  CHECK(rule_change(before, rule_prints({named("d"), named("a", 2), named("e"), named("c")})) ==
        "added: d, e; changed: a; removed: b");
  auto elsewhere = named("b");
  elsewhere.where.topic = {"earnings"};
  CHECK(rule_change(before, rule_prints({named("a"), elsewhere, named("c")})) == "changed: b");
  auto kept = named("b"), muted = named("c");
  alerts::CalendarEntry holiday;
  holiday.days = {{std::chrono::local_days(std::chrono::year(2026) / 12 / 25),
                   std::chrono::local_days(std::chrono::year(2026) / 12 / 25)}};
  holiday.learn = false;
  kept.calendar_entries = {holiday};
  holiday.learn = true;
  holiday.notify = false;
  muted.calendar_entries = {holiday};
  muted.max_alerts = alerts::AlertLimit{5, 24h};
  CHECK(rule_change(before, rule_prints({named("a"), kept, muted})) == "changed: b");
}
