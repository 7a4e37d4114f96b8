// What an Applier tells of the records themselves: incidents in the transaction of what they tell of.
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "tests/storage/incident/incident_support.hpp"
#include "tests/support/applier_bench.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using storage_test::at_minute;
using Lines = std::vector<std::string>;

namespace {

struct Bench : tests::ApplierBench {
  Lines shown() {
    Lines lines;
    for (const auto& row : storage::list_incidents(database, {}).items) {
      const auto minute = [](TimePoint at) {
        return std::chrono::floor<std::chrono::minutes>(at - at_minute(0)).count();
      };
      lines.insert(lines.begin(), fmt::format("{} {} {}-{} {}", row.kind, row.source.value_or("*"), minute(row.from),
                                              row.to ? std::to_string(minute(*row.to)) : "",
                                              row.documents ? std::to_string(*row.documents) : "?"));
    }
    return lines;
  }
  Scored next(std::int64_t published, std::int64_t received, const std::string& source = "wire") {
    auto record = tests::scored_record(number, at_minute(published), "Story " + std::to_string(number), 0.1);
    auto& document = std::get<ingest::Document>(record.incoming.content);
    document.received_at = at_minute(received);
    document.source = source;
    ++number;
    return record;
  }
  Scored dead(std::optional<TimePoint> record_at) {
    Scored record;
    record.incoming.number = number++;
    record.incoming.source = "vendor";
    record.incoming.content = DeadLetter{"/title", "is missing", "{}", "@1", {}, {}, record_at, false};
    return record;
  }

  std::uint64_t number = 0;
};

}  // namespace

TEST_CASE("documents that come too late are an incident of their source, over the time that they belong to") {
  Bench bench;
  bench.apply(bench.next(600, 600), at_minute(600));
  bench.apply(bench.next(490, 601), at_minute(601));  // late, but within max_lateness
  CHECK(bench.shown().empty());
  bench.commit([&] {  // one batch of two sources
    for (const int minute : {100, 110, 105, 300}) bench.applier->apply(bench.next(minute, 610), at_minute(610));
    bench.applier->apply(bench.next(100, 610, "desk"), at_minute(610));
  });
  bench.apply(bench.next(120, 620), at_minute(620));
  CHECK(bench.shown() ==
        Lines{"late_backlog wire 100-120 4", "late_backlog desk 100-100 1", "late_backlog wire 300-300 1"});
  // A repeat and a revision are known; what is rolled back never was.
  auto again = bench.next(100, 630);
  bench.apply(again, at_minute(630));
  bench.apply(again, at_minute(631));
  CHECK(bench.shown()[0] == "late_backlog wire 100-120 5");
  {
    storage::Transaction lost(bench.database);
    bench.applier->apply(bench.next(200, 640), at_minute(640));
    bench.applier->finish();
  }
  bench.applier->reload();
  bench.apply(bench.next(641, 641), at_minute(641));
  CHECK(bench.shown().size() == 3);
  CHECK(bench.count("document WHERE late") == 7);
}

TEST_CASE("dead letters are an incident of their source, at the time of the records where they have one") {
  Bench bench;
  bench.apply(bench.dead({}), at_minute(10));
  bench.apply(bench.dead({}), at_minute(20));
  bench.apply(bench.dead({}), at_minute(40));
  bench.apply(bench.dead(at_minute(5)), at_minute(50));   // of a backlog
  bench.apply(bench.dead(at_minute(90)), at_minute(50));  // by a clock that is ahead
  CHECK(bench.shown() == Lines{"dead_lettered vendor 5-20 3", "dead_lettered vendor 40-50 2"});
  CHECK(bench.count("dead_letter") == 5);
}

TEST_CASE("a reload is an incident where rules judge otherwise") {
  Bench bench;
  bench.apply(bench.next(0, 0), at_minute(0));
  const auto reload = [&](std::vector<alerts::RuleOptions> rules, std::int64_t minute) {
    auto next = bench.applier->configuration();
    next.rules = std::move(rules);
    alerts::TrendDetector probe(next.rules, bench.applier->detector_options());
    probe.restore(to_series_states(storage::DetectorStateStore(bench.database).load_all()));
    DetectorRebuild rebuild(unfitted_rules(next.rules, probe.unfitted()), bench.applier->detector_options(), next.tags);
    storage::Transaction transaction(bench.database);
    bench.applier->reconfigure(next, rebuild, at_minute(minute));
    transaction.commit();
  };
  auto rule = tests::burst_rule();
  rule.labels = {{"team", "desk"}};
  reload({rule}, 10);
  CHECK(bench.shown().empty());
  rule.min_stories += 3;
  auto other = tests::burst_rule();
  other.name = "other";
  reload({rule, other}, 20);
  reload({rule}, 30);
  CHECK(bench.shown() == Lines{"rules_changed * 20-20 ?", "rules_changed * 30-30 ?"});
  const auto rows = storage::list_incidents(bench.database, {}).items;
  CHECK(rows[0].detail == "removed: other");
  CHECK(rows[1].detail == "added: other; changed: " + rule.name);
}

TEST_CASE("event time that is put right is an incident, and what only the wrong time made late is none") {
  Bench bench;
  bench.apply(bench.next(0, 0), at_minute(0));
  bench.apply(bench.next(1, 1), at_minute(1));
  bench.commit([&] { bench.applier->tick(at_minute(301), at_minute(301)); });  // by a clock that is five hours ahead
  bench.apply(bench.next(5, 305), at_minute(305));                             // late by that clock only
  bench.apply(bench.next(-300, 306), at_minute(306));                          // by any
  CHECK(bench.shown() == Lines{"late_backlog wire -300--300 1", "late_backlog wire 5-5 1"});
  bench.commit([&] { bench.applier->reanchor(at_minute(7), at_minute(7)); });
  const auto shown = bench.shown();
  REQUIRE(shown.size() == 2);
  CHECK(shown[0] == "late_backlog wire -300--300 1");
  CHECK(shown[1] == "clock_jump * 7-301 0");
  CHECK(storage::list_incidents(bench.database, {}).items[0].detail.find("the clock says 2026-03-02T09:07") !=
        std::string::npos);
  CHECK(bench.count("document WHERE late") == 1);
}
