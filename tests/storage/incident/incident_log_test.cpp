#include "storage/incident/incident_log.hpp"

#include "tests/storage/incident/incident_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("an incident that lasts is opened once, and ends after it began") {
  IncidentBench bench;
  IncidentLog log(bench.connection);
  bench.commit([&] {
    log.open(IncidentKind::ingestion_paused, at_minute(5), "disk", at_minute(5));
    log.open(IncidentKind::ingestion_paused, at_minute(6), "disk", at_minute(6));
    log.open(IncidentKind::model_changed, at_minute(7), "from a to b", at_minute(7));
  });
  CHECK(bench.shown() == IncidentBench::Lines{"ingestion_paused * 5- 0", "model_changed * 7- 0"});
  bench.commit([&] {
    log.close(IncidentKind::ingestion_paused, at_minute(9));
    log.close(IncidentKind::model_changed, at_minute(1));  // by a clock that was put back meanwhile
    log.close(IncidentKind::rules_changed, at_minute(9));  // nothing lasts
  });
  const auto rows = list_incidents(bench.connection, {}).items;
  REQUIRE(rows.size() == 2);
  CHECK(*rows[0].to == at_minute(7) + milliseconds(1));
  CHECK(rows[0].detail == "from a to b");
  CHECK(*rows[1].to == at_minute(9));
  bench.commit([&] { log.open(IncidentKind::ingestion_paused, at_minute(20), "disk", at_minute(20)); });
  CHECK(bench.shown().back() == "ingestion_paused * 20- 0");
}

TEST_CASE("what lies close together is one incident, also where a later one closes the gap between two") {
  IncidentBench bench;
  IncidentLog log(bench.connection);
  const auto merge = [&](const std::string& source, int from, int to, std::int64_t documents) {
    bench.commit([&] {
      log.merge(IncidentKind::late_backlog, {source, at_minute(from), at_minute(to), documents, ""}, at_minute(200));
    });
  };
  merge("wire", 0, 10, 3);
  merge("wire", 25, 30, 2);  // as far from it as may be
  merge("wire", 60, 70, 5);
  merge("wire", 100, 101, 1);
  merge("desk", 5, 6, 1);
  merge("", 5, 6, 1);
  CHECK(bench.shown() == IncidentBench::Lines{"late_backlog wire 0-30 5", "late_backlog desk 5-6 1",
                                              "late_backlog * 5-6 1", "late_backlog wire 60-70 5",
                                              "late_backlog wire 100-101 1"});
  merge("wire", 40, 50, 10);
  CHECK(bench.shown({.sources = {"wire"}}) ==
        IncidentBench::Lines{"late_backlog wire 0-70 20", "late_backlog * 5-6 1", "late_backlog wire 100-101 1"});
}

TEST_CASE("what a batch gathers is written with it, a stretch of time at once; a roll-back drops it") {
  IncidentBench bench;
  IncidentLog log(bench.connection);
  for (const int minute : {3, 0, 9, 60, 61}) log.gather(IncidentKind::late_backlog, "wire", at_minute(minute));
  log.gather(IncidentKind::dead_lettered, "wire", at_minute(3));
  CHECK(bench.shown().empty());
  bench.commit([&] { log.flush(at_minute(90)); });
  log.gather(IncidentKind::dead_lettered, "wire", at_minute(5));
  log.drop_gathered();
  bench.commit([&] { log.flush(at_minute(91)); });
  const double instant = 1.0 / 60'000;
  CHECK(bench.shown() == IncidentBench::Lines{fmt::format("late_backlog wire 0-{:.10g} 3", 9 + instant),
                                              fmt::format("dead_lettered wire 3-{:.10g} 1", 3 + instant),
                                              fmt::format("late_backlog wire 60-{:.10g} 2", 61 + instant)});
  CHECK(number(bench.connection,
               "SELECT count(*) FROM incident WHERE noted_at = " + std::to_string(to_ms(at_minute(90)))) == 3);
}

TEST_CASE("incidents noted after a place in the sequence are forgotten, of one kind") {
  IncidentBench bench;
  IncidentLog log(bench.connection);
  const auto note = [&](IncidentKind kind, int minute) {
    bench.commit([&] { log.note(kind, {"", at_minute(minute), at_minute(minute + 1), 1, ""}, at_minute(minute)); });
  };
  note(IncidentKind::late_backlog, 0);
  const auto seq = bench.add(document("wire", "1", at_minute(50), "Acme falls")).seq;
  note(IncidentKind::late_backlog, 100);
  note(IncidentKind::dead_lettered, 200);
  bench.add(document("wire", "2", at_minute(51), "Acme rises"));
  note(IncidentKind::late_backlog, 300);
  bench.commit([&] { log.forget_after(IncidentKind::late_backlog, seq - 1); });
  CHECK(bench.shown() == IncidentBench::Lines{"late_backlog * 0-1 1", "dead_lettered * 200-201 1"});
}

TEST_CASE("the words of an incident are kept to a bound") {
  IncidentBench bench;
  IncidentLog log(bench.connection, {.most_detail_bytes = 10});
  bench.commit([&] {
    log.note(IncidentKind::rules_changed, {"", at_minute(0), at_minute(0), std::nullopt, std::string(50, 'x')},
             at_minute(0));
    log.open(IncidentKind::model_changed, at_minute(1), std::string(50, 'y'), at_minute(1));
  });
  const auto rows = list_incidents(bench.connection, {}).items;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].detail == std::string(10, 'y'));
  CHECK(rows[1].detail == std::string(10, 'x'));
}
