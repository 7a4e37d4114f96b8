#include "storage/incident/run_log.hpp"

#include "tests/storage/incident/incident_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a run is known with what judged in it, and between two runs tapewatch was down") {
  IncidentBench bench;
  RunLog runs(bench.connection);
  CHECK_FALSE(runs.last());
  bench.commit([&] {
    runs.alive(at_minute(0));  // of no run
    runs.set_rules({{"a", "1"}});
  });
  CHECK_FALSE(runs.last());
  bench.commit([&] {
    runs.begin({at_minute(0), at_minute(0), "model-1", {{"burst \"one\"", "0f"}, {"calm", "1"}}});
    runs.alive(at_minute(30));
  });
  CHECK(bench.shown().empty());
  bench.commit([&] { runs.set_rules({{"calm", "2"}}); });
  auto last = runs.last();
  REQUIRE(last);
  CHECK(last->started_at == at_minute(0));
  CHECK(last->alive_at == at_minute(30));
  CHECK(last->model == "model-1");
  CHECK(last->rules == std::map<std::string, std::string>{{"calm", "2"}});
  bench.commit([&] { runs.begin({at_minute(45), at_minute(45), "model-2", {}}); });
  last = runs.last();
  CHECK(last->alive_at == at_minute(45));
  CHECK(last->rules.empty());
  bench.add(document("wire", "1", at_minute(29), "Acme falls"));
  bench.add(document("wire", "2", at_minute(30), "Acme falls deeper"));
  bench.add(document("desk", "3", at_minute(44), "Bolt rises"));
  bench.add(document("desk", "4", at_minute(45), "Bolt falls"));
  CHECK(bench.shown() == IncidentBench::Lines{"daemon_down * 30-45 2"});
}

TEST_CASE("a start before the end of the run before, by a clock that was put back, was no time without tapewatch") {
  IncidentBench bench;
  bench.run(0, 300);
  bench.run(10, 20);
  bench.run(25, 26);
  CHECK(bench.shown() == IncidentBench::Lines{"daemon_down * 20-25 0"});
}
