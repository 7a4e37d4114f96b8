// A configuration or a model that changed between two runs: what ends, what is learned again, what is reported.
#include "daemon/pipeline/writing/detector_rebuild.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "storage/alert/alert_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_dump.hpp"
#include "tests/support/new_database.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const TimePoint kBurst = kFrom + 30h;

/// A database, and runs of the daemon over it, each with its rules and its model.
struct Bench {
  /// `bytes`: of a database that it goes on with a copy of.
  explicit Bench(const std::string& bytes = {})
      : database(bytes.empty() ? tests::open_new(folder.file()) : tests::open_copy(folder.file(), bytes)) {
    options.rules = {tests::burst_rule()};
    alerts::WebhookOptions webhook;
    webhook.name = "desk";
    webhook.url = "http://127.0.0.1:9/";
    options.webhooks = {webhook};
  }

  /// A start: what the daemon does before its writer runs.
  Applier& start(RebuildOptions how = {}) {
    spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
    options.detector.model_version = model;
    applier.emplace(database, options);
    fit_detector(database, *applier, tags_by_entity(*finder), logger, how);
    return *applier;
  }
  std::vector<alerts::Transition> store(std::vector<Scored> records) {
    std::vector<alerts::Transition> all;
    storage::Transaction transaction(database);
    for (Scored& record : records) {
      record.model_version = model;
      for (auto& step : applier->apply(record, record.scored_at).transitions) all.push_back(std::move(step));
    }
    applier->finish();
    transaction.commit();
    return all;
  }
  void tick(TimePoint at) {
    storage::Transaction transaction(database);
    applier->tick(at, at);
    applier->finish();
    transaction.commit();
  }
  std::int64_t count(const std::string& what) { return storage_test::number(database, "SELECT count(*) FROM " + what); }
  std::optional<alerts::SeriesReading> read(const std::map<std::string, std::string>& key) {
    return applier->detector().read(options.rules[0].name, key, 15min);
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  ApplierOptions options;
  std::string model = tests::kModel;
  std::shared_ptr<const ingest::EntityFinder> finder = tests::two_companies();
  std::ostringstream log;
  std::optional<Applier> applier;
};

bool has(const std::ostringstream& log, const std::string& part) { return log.str().find(part) != std::string::npos; }

Scored bad_story(std::uint64_t number, TimePoint at, std::size_t entity = 0) {
  return tests::scored_record(number, at, "another bad story " + std::to_string(number), 0.95, entity);
}

}  // namespace

TEST_CASE("rebuild: nothing happens if nothing changed") {
  Bench bench;
  bench.start();
  bench.store(tests::quiet_then_burst(kFrom));
  const auto before = tests::dump_database(bench.database, {});
  bench.start();
  CHECK(tests::dump_database(bench.database, {}) == before);
  CHECK(bench.log.str().empty());
  CHECK(bench.read({{"entity", "halden"}})->firing);
}

TEST_CASE("rebuild: another min_stories keeps what was learned and what is open") {
  Bench bench;
  bench.start();
  bench.store(tests::quiet_then_burst(kFrom));
  const auto learned = bench.read({{"entity", "halden"}});
  REQUIRE(learned->firing);
  const auto steps = bench.count("alert_transition");
  bench.options.rules[0].min_stories = 50;
  bench.options.rules[0].severity = "info";
  bench.start();
  CHECK(bench.count("alert_transition") == steps);
  CHECK(bench.log.str().empty());
  CHECK(bench.read({{"entity", "halden"}})->expected == learned->expected);
  CHECK(bench.read({{"entity", "halden"}})->warm);
  CHECK(bench.read({{"entity", "halden"}})->firing);
  // Whoever was told is told of the end, whatever the rule's severity is by now.
  bench.tick(kBurst + 40h);
  CHECK(bench.count("alert WHERE state = 'resolved' AND reason = 'calm' AND severity = 'info'") == 1);
  CHECK(bench.count("outbox WHERE type = 'alert.resolved'") == 1);
}

TEST_CASE("rebuild: a rule with another selection learns from history what it would have learned live") {
  Bench live;
  live.options.rules[0].group_by = {"topic", "entity"};
  live.start();
  live.store(tests::quiet_then_burst(kFrom));
  live.tick(kBurst + 10min);

  for (const std::size_t page : {7u, 1'000u}) {
    Bench bench;
    bench.start();
    bench.store(tests::quiet_then_burst(kFrom));
    bench.tick(kBurst + 10min);
    const auto steps_before = bench.count("alert_transition");
    bench.options.rules = live.options.rules;
    bench.start({.page = page, .tell_every = 0ms});
    for (const std::string company : {"halden", "ostrava"}) {
      const std::map<std::string, std::string> key = {{"entity", company}, {"topic", "earnings"}};
      REQUIRE(bench.read(key));
      CHECK(bench.read(key)->expected == live.read(key)->expected);
      CHECK(bench.read(key)->observed == live.read(key)->observed);
      CHECK(bench.read(key)->warm);
      CHECK(bench.read(key)->firing == live.read(key)->firing);
    }
    // One alert, the old one, which goes on in a part of its series, with one more step: history raised none.
    CHECK(bench.count("alert WHERE state = 'firing'") == 1);
    CHECK(bench.count("alert") == 1);
    CHECK(bench.count("alert_transition") == steps_before + 1);
    CHECK(has(bench.log, "rule negative-burst was changed: it learns from the stored history"));
    CHECK(has(bench.log, "steps read"));
    CHECK(has(bench.log, "learned from 76 stored documents"));
    // The surge continues under the same alert.
    bench.store({bad_story(1000, kBurst + 11min)});
    CHECK(bench.count("alert") == 1);
  }
}

TEST_CASE("rebuild: a rule on another clock learns anew, and its open alert goes on under its id") {
  Bench bench;
  bench.start();
  bench.store(tests::quiet_then_burst(kFrom));
  bench.tick(kBurst + 10min);
  const auto steps = bench.count("alert_transition");
  bench.options.rules[0].tz = "Asia/Kolkata";
  bench.options.rules[0].clock.changes = {{std::chrono::sys_seconds{}, 5h + 30min}};
  bench.start();
  CHECK(has(bench.log, "rule negative-burst was changed: it learns from the stored history"));
  CHECK(bench.count("alert") == 1);
  CHECK(bench.count("alert_transition") == steps);
  CHECK(bench.read({{"entity", "halden"}})->firing);
  bench.tick(kBurst + 40h);
  CHECK(bench.count("alert WHERE state = 'resolved' AND reason = 'calm'") == 1);
  CHECK(bench.count("outbox WHERE type = 'alert.firing'") == 1);
  CHECK(bench.count("outbox WHERE type = 'alert.resolved'") == 1);
}

TEST_CASE("an alert of a day of which nobody is told is stored with the calendar and leaves with the day") {
  Bench bench;
  alerts::CalendarEntry entry;
  entry.name = "quiet-days";
  const std::chrono::local_days day{std::chrono::year{2026} / 1 / 6};  // of the burst
  entry.days = {{day, day}};
  entry.notify = false;
  bench.options.rules[0].calendar_entries = {entry};
  bench.start();
  bench.store(tests::quiet_then_burst(kFrom));
  CHECK(bench.count("alert WHERE state = 'firing' AND json_extract(evidence, '$.calendar[0].name') = 'quiet-days'") ==
        1);
  CHECK(bench.count("outbox") == 0);
  std::vector<Scored> more;
  for (std::uint64_t i = 0; i < 60; ++i) more.push_back(bad_story(3000 + i, kBurst + 9min + i * 10min));
  bench.store(std::move(more));
  CHECK(bench.count("outbox") == 0);
  bench.tick(TimePoint(std::chrono::sys_days{std::chrono::year{2026} / 1 / 7}));
  CHECK(bench.count("alert") == 1);
  CHECK(bench.count("outbox") == 1);
  CHECK(bench.count("outbox WHERE type = 'alert.firing'") == 1);
}

TEST_CASE("rebuild: a new rule is warm at once, a removed one ends its alerts") {
  Bench bench;
  bench.start();
  bench.store(tests::quiet_then_burst(kFrom));
  bench.options.rules[0].name = "renamed";
  bench.start();
  CHECK(has(bench.log, "rule renamed is new"));
  CHECK(bench.read({{"entity", "ostrava"}})->warm);
  CHECK(bench.count("alert WHERE rule = 'negative-burst' AND reason = 'reconfigured'") == 1);
  CHECK(bench.count("detector_state WHERE rule = 'negative-burst'") == 0);
}

TEST_CASE("rebuild: a start that fails or is killed has changed nothing, and the next one begins again") {
  Bench reference;
  reference.start();
  reference.store(tests::quiet_then_burst(kFrom));
  const auto before = tests::dump_database(reference.database, {});
  const std::string bytes = tests::bytes_of(reference.database);
  reference.options.rules[0].group_by = {"topic"};
  storage::FaultInjector counter;
  reference.database.set_fault(&counter);
  reference.start();
  reference.database.set_fault(nullptr);
  const std::set<std::string> wall_times = {"stored_at", "created_at", "next_attempt_at", "event.at", "outbox.body"};
  const auto expected = tests::dump_database(reference.database, wall_times);
  REQUIRE(counter.operations() > 10);

  for (std::size_t operation = 0; operation < counter.operations(); ++operation) {
    Bench bench(bytes);
    bench.options.rules = reference.options.rules;
    storage::FaultInjector fault;
    fault.fail_at(operation);
    bench.database.set_fault(&fault);
    CHECK_THROWS_AS(bench.start(), storage::StorageError);
    bench.database.set_fault(nullptr);
    INFO("operation " << operation);
    CHECK(tests::dump_database(bench.database, {}) == before);
    bench.start();
    CHECK(tests::dump_database(bench.database, wall_times) == expected);
  }
}

TEST_CASE("rebuild: another model goes on with what the rules have learned from the one before it") {
  Bench bench;
  bench.start();
  bench.store(tests::quiet_then_burst(kFrom));
  bench.tick(kBurst + 10min);
  const auto steps = bench.count("alert_transition");
  const auto learned = bench.read({{"entity", "halden"}});
  bench.model = "test-model+2";
  bench.start();
  CHECK(bench.applier->needs_refit());
  CHECK(bench.log.str().empty());
  CHECK(bench.count("alert_transition") == steps);
  REQUIRE(bench.read({{"entity", "halden"}}));
  CHECK(bench.read({{"entity", "halden"}})->firing);
  CHECK(bench.read({{"entity", "halden"}})->expected == learned->expected);

  // What the new one scores is judged by it; a rule that begins from nothing learns from both.
  for (std::uint64_t i = 0; i < 6; ++i) bench.store({bad_story(2000 + i, kBurst + 1h + i * 30min, 1)});
  bench.tick(kBurst + 6h);
  bench.options.rules[0].group_by = {"topic", "entity"};
  bench.start();
  CHECK(has(bench.log, "learned from 82 stored documents"));
  CHECK(bench.read({{"entity", "halden"}, {"topic", "earnings"}}));
  CHECK(bench.read({{"entity", "ostrava"}, {"topic", "earnings"}}));

  // The first model again.
  bench.model = tests::kModel;
  bench.start();
  CHECK_FALSE(bench.applier->needs_refit());
  CHECK(bench.read({{"entity", "halden"}, {"topic", "earnings"}})->warm);
  CHECK(bench.applier->event_time() == kBurst + 6h);
}

TEST_CASE("rebuild: an empty database has nothing to learn and logs nothing") {
  Bench bench;
  bench.start();
  bench.start();
  CHECK(bench.log.str().empty());
}

// Runs only on request: test_daemon "[!benchmark]". Figures go to standard output.
TEST_CASE("stored documents that a rule learns from per second", "[.][!benchmark]") {
  Bench bench;
  bench.start();
  constexpr std::uint64_t kBatches = 200, kBatch = 500;
  for (std::uint64_t b = 0; b < kBatches; ++b) {
    std::vector<Scored> records;
    for (std::uint64_t i = b * kBatch; i < (b + 1) * kBatch; ++i) {
      records.push_back(
          tests::scored_record(i, kFrom + i * 3min, "story " + std::to_string(i), 0.9 * (i % 4 == 0), i % 2));
    }
    bench.store(std::move(records));
  }
  bench.options.rules[0].group_by = {"topic", "entity"};
  const auto begin = std::chrono::steady_clock::now();
  bench.start();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  std::printf("%.0f documents in %.2f s: %.0f a second\n%s", double(kBatches * kBatch), spent.count(),
              double(kBatches * kBatch) / spent.count(), bench.log.str().c_str());
  CHECK(bench.read({{"entity", "halden"}, {"topic", "earnings"}})->warm);
}
