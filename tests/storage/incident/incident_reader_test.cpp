#include "storage/incident/incident_reader.hpp"

#include <set>

#include "storage/maintain/retention.hpp"
#include "storage/mark.hpp"
#include "storage/schema/schema.hpp"
#include "tests/storage/incident/incident_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;
using Lines = IncidentBench::Lines;

TEST_CASE("a source is down from its last success to its next one, once it has missed what was expected of it") {
  IncidentBench bench;
  bench.run(0, 1);
  bench.answers("wire", 0, 40);
  const auto alive = [&](std::int64_t minute) {
    bench.commit([&] { RunLog(bench.connection).alive(at_minute(minute)); });
  };
  alive(55);
  CHECK(bench.shown().empty());
  alive(56);
  CHECK(bench.shown() == Lines{"source_down wire 40- 0"});
  const auto row = list_incidents(bench.connection, {}).items.at(0);
  CHECK(row.noted_at == "2026-03-02T09:55:00.000Z");
  bench.answers("wire", 70, 100);
  // What it brings afterwards, and what another one does.
  for (const int minute : {39, 40, 50, 69, 70}) {
    bench.add(document("wire", std::to_string(minute), at_minute(minute), "Acme falls " + std::to_string(minute)));
  }
  bench.add(document("desk", "1", at_minute(50), "Bolt rises"));
  CHECK(bench.shown() == Lines{"source_down wire 40-70 3"});
  // One that has never answered is down from its first failure on.
  SourceCoverage(bench.connection, {}).failure("fed", at_minute(80), "503");
  alive(101);
  CHECK(bench.shown() == Lines{"source_down wire 40-70 3", "source_down fed 80- 0"});
}

TEST_CASE("while tapewatch was stopped or paused, or a source not configured, the source was not down") {
  IncidentBench bench;
  IncidentLog log(bench.connection);
  bench.run(0, 60);
  bench.answers("wire", 0, 60);
  bench.answers("dead", 0, 30);  // it falls silent before the stop, and answers long after the start
  bench.run(200, 305);
  bench.answers("wire", 201, 300);
  bench.answers("dead", 230, 480);
  CHECK(bench.shown() == Lines{"source_down dead 30-60 0", "daemon_down * 60-200 0", "source_down dead 200-230 0"});
  bench.commit([&] {
    log.open(IncidentKind::ingestion_paused, at_minute(305), "", at_minute(305));
    log.close(IncidentKind::ingestion_paused, at_minute(400));
  });
  bench.answers("wire", 401, 430);
  bench.commit([&] { RunLog(bench.connection).alive(at_minute(500)); });
  CHECK(bench.shown({.kinds = {"source_down"}, .sources = {"wire"}}) == Lines{"source_down wire 421- 0"});
  const std::vector<std::string> others = {"dead"}, both = {"dead", "wire"};
  SourceCoverage coverage(bench.connection, {});
  coverage.configure(others, at_minute(435));
  CHECK(bench.shown({.kinds = {"source_down"}, .sources = {"wire"}}).empty());
  coverage.configure(both, at_minute(460));
  CHECK(bench.shown({.kinds = {"source_down"}, .sources = {"wire"}}) == Lines{"source_down wire 460- 0"});
  coverage.success("wire", at_minute(462), minutes(40));
  CHECK(bench.shown({.kinds = {"source_down"}, .sources = {"wire"}}).empty());
}

TEST_CASE("time that a clock leapt over is nobody's silence") {
  IncidentBench bench;
  bench.run(0, 300);
  bench.answers("wire", 0, 50);
  bench.answers("wire", 260, 290);
  bench.commit([&] {
    IncidentLog(bench.connection)
        .merge(IncidentKind::clock_jump, {"", at_minute(52), at_minute(258), 0, ""}, at_minute(258));
  });
  CHECK(bench.shown() == Lines{"clock_jump * 52-258 0"});
}

TEST_CASE("incidents are found by time, kind and source, and by what carries a source") {
  IncidentBench bench;
  bench.run(0, 10);
  bench.run(20, 200);
  bench.answers("wire", 21, 60);
  bench.answers("fed", 21, 200);
  bench.answers("wire", 100, 190);
  SourceCoverage(bench.connection, {}).carry("agency", "wire");
  bench.add(document("agency", "1", at_minute(70), "Acme falls"));
  const Lines wire = {"daemon_down * 10-20 0", "source_down wire 51-100 1"};
  CHECK(bench.shown() == wire);
  CHECK(bench.shown({.sources = {"wire"}}) == wire);
  CHECK(bench.shown({.sources = {"agency"}}) == wire);
  CHECK(bench.shown({.sources = {"fed"}}) == Lines{"daemon_down * 10-20 0"});
  CHECK(bench.shown({.kinds = {"source_down"}}) == Lines{"source_down wire 51-100 1"});
  CHECK(bench.shown({.kinds = {"source_down", "daemon_down"}, .to = at_minute(51)}) == Lines{wire[0]});
  CHECK(bench.shown({.from = at_minute(20), .to = at_minute(62)}) == Lines{wire[1]});
  CHECK(bench.shown({.from = at_minute(19), .to = at_minute(20)}) == Lines{wire[0]});
  CHECK(bench.shown({.from = at_minute(100)}).empty());
}

TEST_CASE("pages of incidents show each once, also where several begin at the same moment") {
  IncidentBench bench;
  IncidentLog log(bench.connection);
  bench.commit([&] {
    for (int i = 0; i < 23; ++i) {
      log.note(IncidentKind::late_backlog, {"s" + std::to_string(i), at_minute(i / 7), at_minute(90), 1, ""},
               at_minute(99));
    }
  });
  for (const std::size_t limit : {1, 2, 3, 7, 22, 23}) {
    std::set<std::string> ids;
    std::size_t items = 0;
    TimePoint before = at_minute(99);
    IncidentQuery query{.limit = limit};
    do {
      const auto page = list_incidents(bench.connection, query);
      REQUIRE(page.items.size() <= limit);
      for (const auto& row : page.items) {
        CHECK(row.from <= before);
        before = row.from;
        ids.insert(row.id);
        ++items;
      }
      query.cursor = page.next_cursor.value_or("");
    } while (!query.cursor.empty());
    CAPTURE(limit);
    CHECK(items == 23);
    CHECK(ids.size() == 23);
  }
  const auto cursor = list_incidents(bench.connection, {.limit = 3}).next_cursor.value();
  CHECK_THROWS_AS(list_incidents(bench.connection, {.kinds = {"late_backlog"}, .limit = 3, .cursor = cursor}),
                  std::invalid_argument);
}

TEST_CASE("documents that retention has taken are not counted as none") {
  IncidentBench bench;
  bench.run(0, 10);
  bench.run(20, 30);
  bench.run(40, 50);
  bench.add(document("wire", "1", at_minute(15), "Acme falls"));
  CHECK(bench.shown() == Lines{"daemon_down * 10-20 1", "daemon_down * 30-40 0"});
  bench.commit([&] { raise_mark(bench.connection, kSweptBefore, to_ms(at_minute(25))); });
  CHECK(bench.shown() == Lines{"daemon_down * 10-20 ?", "daemon_down * 30-40 0"});
}

// The statement of views.md.
TEST_CASE("one statement joins incidents to the buckets of the series") {
  IncidentBench bench;
  bench.run(0, 1);
  bench.answers("wire", 0, 40);
  bench.answers("wire", 70, 90);
  bench.commit([&] {
    IncidentLog(bench.connection)
        .note(IncidentKind::rules_changed, {"", at_minute(80), at_minute(80), std::nullopt, "added: a"}, at_minute(80));
  });
  for (const int minute : {39, 40, 69, 70, 80, 81}) {
    for (const std::string source : {"wire", "desk"}) {
      bench.add(document(source, std::to_string(minute), at_minute(minute), source + std::to_string(minute)));
    }
  }
  auto read = bench.connection.prepare(
      "SELECT s.t, s.source, s.documents, group_concat(DISTINCT i.kind) AS incidents FROM sentiment_minute s LEFT JOIN "
      "incident_view i ON i.from_ms < s.t_ms + 60000 AND (i.to_ms IS NULL OR i.to_ms > s.t_ms) AND coalesce(i.source, "
      "s.source) = s.source GROUP BY s.t_ms, s.topic, s.source ORDER BY s.t_ms, s.source");
  Lines lines;
  while (read.step()) {
    lines.push_back(read.text(0).substr(11, 5) + " " + read.text(1) + " " + read.text(2) + " " + read.text(3));
  }
  CHECK(lines == Lines{"09:39 desk 1 ", "09:39 wire 1 ", "09:40 desk 1 ", "09:40 wire 1 source_down", "10:09 desk 1 ",
                       "10:09 wire 1 source_down", "10:10 desk 1 ", "10:10 wire 1 ", "10:20 desk 1 rules_changed",
                       "10:20 wire 1 rules_changed", "10:21 desk 1 ", "10:21 wire 1 "});
}

TEST_CASE("incidents are kept as long as the last roll-ups, runs until they tell nothing more") {
  IncidentBench bench;
  StorageOptions options;
  IncidentLog log(bench.connection);
  bench.run(0, 10);
  bench.run(20, 30);
  bench.run(40, 50);
  bench.commit([&] {
    log.note(IncidentKind::clock_jump, {"", at_minute(1), at_minute(2), 1, ""}, at_minute(2));
    log.open(IncidentKind::ingestion_paused, at_minute(45), "", at_minute(45));
  });
  const auto sweep_at = [&](TimePoint now) {
    bench.commit([&] { Retention(bench.connection, options).sweep(now, 1'000); });
  };
  sweep_at(at_minute(1) + options.retention.quarters);
  CHECK(bench.shown().size() == 4);
  sweep_at(at_minute(35) + options.retention.quarters);
  CHECK(bench.shown() == Lines{"daemon_down * 30-40 0", "ingestion_paused * 45- 0"});
  sweep_at(at_minute(500) + options.retention.quarters);
  CHECK(number(bench.connection, "SELECT count(*) FROM run") == 1);
  CHECK(number(bench.connection, "SELECT count(*) FROM incident") == 1);  // it lasts
}
