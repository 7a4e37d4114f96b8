// A configuration that changes while the daemon runs, on the writer's side: what stays, what is learned, what ends.
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "storage/alert/alert_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_dump.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const TimePoint kBurst = kFrom + 30h;

/// A writer that runs, and a reader beside it.
struct Bench {
  Bench() : database(storage::Connection::open_writer(folder.file())) {
    options.rules = {tests::burst_rule()};
    options.detector.model_version = tests::kModel;
    options.config_version = "first";
    alerts::WebhookOptions webhook;
    webhook.name = "desk";
    webhook.url = "http://127.0.0.1:9/";
    options.webhooks = {webhook};
    applier.emplace(database, options);
    applier->set_tags(tags);
    next = {options.rules, options.webhooks, "second", tags};
  }

  std::vector<alerts::Transition> store(std::vector<Scored> records) {
    std::vector<alerts::Transition> all;
    storage::Transaction transaction(database);
    for (Scored& record : records) {
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
  /// What a reload reads up beside the writer.
  std::unique_ptr<DetectorRebuild> read_up(std::size_t page = 1'000) {
    auto reader = storage::Connection::open_reader(folder.file());
    alerts::TrendDetector probe(next.rules, options.detector);
    probe.restore(to_series_states(storage::DetectorStateStore(reader).load_all()));
    auto rebuild =
        std::make_unique<DetectorRebuild>(unfitted_rules(next.rules, probe.unfitted()), options.detector, next.tags);
    rebuild->read(reader, page);
    return rebuild;
  }
  std::vector<alerts::Transition> take_over(DetectorRebuild& rebuild) {
    storage::Transaction transaction(database);
    auto ended = applier->reconfigure(next, rebuild, kBurst + 1h);
    transaction.commit();
    return ended;
  }
  std::vector<alerts::Transition> reload() { return take_over(*read_up()); }

  std::int64_t count(const std::string& what) { return storage_test::number(database, "SELECT count(*) FROM " + what); }
  std::vector<std::string> states() {
    std::vector<std::string> lines;
    for (const auto& line : tests::dump_database(database, {})) {
      if (line.starts_with("detector_state:")) lines.push_back(line);
    }
    return lines;
  }
  bool fires(const std::map<std::string, std::string>& key = {{"entity", "halden"}}) {
    const auto reading = applier->detector().read(options.rules[0].name, key, 15min);
    return reading && reading->firing;
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  ApplierOptions options;
  EntityTags tags = tags_by_entity(*tests::two_companies());
  std::optional<Applier> applier;
  ApplierConfiguration next;
};

Scored bad_story(std::uint64_t number, TimePoint at, std::size_t entity = 0) {
  return tests::scored_record(number, at, "another bad story " + std::to_string(number), 0.95, entity);
}

Scored removal_of(std::uint64_t number, TimePoint at) {
  Scored record = tests::scored_record(number, at, "", 0.5);
  Removal removal;
  removal.source = "wire";
  removal.id = "doc-" + std::to_string(number);
  record.incoming.content = removal;
  record.incoming.kafka.reset();
  return record;
}

}  // namespace

TEST_CASE("reconfigure: words and judgement change, what was learned and what is open stays") {
  Bench bench;
  bench.store(tests::quiet_then_burst(kFrom));
  REQUIRE(bench.fires());
  const auto steps = bench.count("alert_transition");
  auto& rule = bench.next.rules[0];
  rule.severity = "info";
  rule.labels = {{"team", "desk"}};
  rule.runbook_url = "https://runbook.example/";
  rule.min_stories = 50;
  rule.false_alarms = {1.0, 720h};
  rule.resolve_after = 20min;
  CHECK(bench.reload().empty());
  CHECK(bench.count("alert_transition") == steps);
  CHECK(bench.fires());
  bench.tick(kBurst + 40h);
  CHECK(bench.count("alert WHERE state = 'resolved' AND reason = 'calm' AND severity = 'info' AND config_version = "
                    "'second'") == 1);
  CHECK(bench.count("outbox WHERE type = 'alert.resolved' AND json_extract(body, '$.data.labels.team') = 'desk'") == 1);
}

TEST_CASE("reconfigure: another selection goes on under the same alert, as a restart would have it") {
  for (const std::string how : {"where", "windows"}) {
    INFO(how);
    Bench live, started;
    for (Bench* bench : {&live, &started}) {
      bench->store(tests::quiet_then_burst(kFrom));
      auto& rule = bench->next.rules[0];
      if (how == "where") rule.where.entity = {"halden"};
      if (how == "windows") rule.windows = {5min, 15min, 1h};
    }
    const auto steps = live.count("alert_transition");
    CHECK(live.reload().empty());
    CHECK(live.fires());
    CHECK(live.count("alert") == 1);
    CHECK(live.count("alert_transition") == steps);

    started.options.rules = started.next.rules;
    started.applier.emplace(started.database, started.options);
    spdlog::logger silent("test");
    fit_detector(started.database, *started.applier, started.tags, silent);
    CHECK(live.states() == started.states());
  }
}

TEST_CASE(
    "reconfigure: after another group_by the alert goes on in a part of its series, is told so and held by nothing") {
  Bench bench;
  bench.store(tests::quiet_then_burst(kFrom));
  REQUIRE(bench.count("alert WHERE state = 'firing'") == 1);
  const auto messages = bench.count("outbox");
  bench.next.rules[0].group_by = {"entity", "source"};
  const auto steps = bench.reload();
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].type == "alert.updated");
  CHECK(steps[0].suppressed_by.empty());  // by itself, as of the whole
  CHECK(bench.fires(steps[0].key));
  CHECK(bench.count("alert") == 1);
  CHECK(bench.count("alert WHERE state = 'firing' AND key ->> '$.entity' = 'halden' AND key ->> '$.source' = 'wire'") ==
        1);
  CHECK(bench.count("outbox") == messages + 1);
  CHECK(bench.count("outbox WHERE type = 'alert.updated' AND body ->> '$.data.key.source' = 'wire'") == 1);
  bench.tick(kBurst + 40h);
  CHECK(bench.count("alert WHERE state = 'resolved' AND reason = 'calm'") == 1);
}

TEST_CASE("reconfigure: what was stored and removed while the history was read counts, whatever the pages") {
  for (const std::size_t page : {7u, 1'000u}) {
    Bench bench, whole;
    for (Bench* one : {&bench, &whole}) {
      one->next.rules[0].group_by = {"topic", "entity"};
      one->store(tests::quiet_then_burst(kFrom));
    }
    const auto rebuild = bench.read_up(page);
    for (Bench* one : {&bench, &whole}) {
      std::vector<Scored> more;
      for (std::uint64_t i = 0; i < 20; ++i) more.push_back(bad_story(1'000 + i, kBurst + 9min + i * 1s, 1));
      more.push_back(removal_of(70, kBurst + 10min));     // of the burst that was read
      more.push_back(removal_of(1'003, kBurst + 10min));  // came and went meanwhile
      one->store(std::move(more));
    }
    CHECK(rebuild->behind(bench.database) > 20);
    bench.take_over(*rebuild);
    whole.reload();
    const std::map<std::string, std::string> halden = {{"entity", "halden"}, {"topic", "earnings"}};
    const std::map<std::string, std::string> ostrava = {{"entity", "ostrava"}, {"topic", "earnings"}};
    for (const auto& key : {halden, ostrava}) {
      const auto read = bench.applier->detector().read("negative-burst", key, 15min);
      const auto wanted = whole.applier->detector().read("negative-burst", key, 15min);
      REQUIRE(read);
      REQUIRE(wanted);
      CHECK(read->observed == wanted->observed);
      CHECK(read->expected == wanted->expected);
      CHECK(read->firing == wanted->firing);
    }
    CHECK(bench.applier->detector().read("negative-burst", ostrava, 15min)->observed == 19);
    CHECK(bench.applier->detector().read("negative-burst", halden, 15min)->observed == 15);
  }
}

TEST_CASE("reconfigure: a new rule is warm at once, a removed one ends its alert with a message") {
  Bench bench;
  bench.store(tests::quiet_then_burst(kFrom));
  bench.next.rules[0].name = "renamed";
  const auto ended = bench.reload();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].reason == "reconfigured");
  CHECK(bench.count("alert WHERE rule = 'negative-burst' AND state = 'resolved' AND reason = 'reconfigured' AND "
                    "config_version = 'second'") == 1);
  CHECK(bench.count("outbox WHERE type = 'alert.resolved'") == 1);
  CHECK(bench.count("detector_state WHERE rule = 'negative-burst'") == 0);
  const auto reading = bench.applier->detector().read("renamed", {{"entity", "ostrava"}}, 15min);
  REQUIRE(reading);
  CHECK(reading->warm);
}

TEST_CASE("reconfigure: webhooks of the next message are those of the new configuration") {
  Bench bench;
  bench.store(tests::quiet_then_burst(kFrom));
  REQUIRE(bench.count("outbox WHERE webhook = 'desk'") >= 1);
  alerts::WebhookOptions second = bench.next.webhooks[0];
  second.name = "second";
  bench.next.webhooks.push_back(second);
  bench.next.webhooks[0].match = {{"rule", {"another"}}};
  const auto before = bench.count("outbox WHERE webhook = 'desk'");
  bench.reload();
  std::vector<Scored> more;
  for (std::uint64_t i = 0; i < 16; ++i) more.push_back(bad_story(2'000 + i, kBurst + 9min + i * 10s, 1));
  bench.store(std::move(more));
  REQUIRE(bench.fires({{"entity", "ostrava"}}));
  CHECK(bench.count("outbox WHERE webhook = 'second' AND type = 'alert.firing'") == 1);
  CHECK(bench.count("outbox WHERE webhook = 'desk'") == before);
}

TEST_CASE("reconfigure: a rebuild reads history with the tags of the new watch list") {
  Bench bench;
  bench.store(tests::quiet_then_burst(kFrom));
  bench.next.rules[0].where.tag = {"fresh"};
  bench.next.tags["halden"] = {"fresh"};
  CHECK(bench.reload().empty());
  CHECK(bench.fires());
}

TEST_CASE("reconfigure: a roll-back leaves everything as it was") {
  Bench bench;
  bench.store(tests::quiet_then_burst(kFrom));
  const auto before = tests::dump_database(bench.database, {});
  bench.next.rules[0].where.entity = {"ostrava"};
  const auto rebuild = bench.read_up();
  const auto was = bench.applier->configuration();
  {
    const storage::Transaction transaction(bench.database);
    CHECK(bench.applier->reconfigure(bench.next, *rebuild, kBurst + 1h).size() == 1);
  }  // rolled back
  bench.applier->configure(was);
  bench.applier->reload();
  CHECK(tests::dump_database(bench.database, {}) == before);
  CHECK(bench.fires());
  CHECK(bench.applier->options().config_version == "first");
  bench.store({bad_story(3'000, kBurst + 9min)});
  CHECK(bench.fires());
}

TEST_CASE("reconfigure: a rebuild of other rules, or of times that were put right since, is not taken over") {
  Bench bench;
  bench.store(tests::quiet_then_burst(kFrom));
  const auto none = bench.read_up();  // nothing begins anew
  bench.next.rules[0].where.entity = {"halden"};
  CHECK_THROWS_AS(bench.take_over(*none), StaleRebuild);
  bench.applier->configure({bench.options.rules, bench.options.webhooks, "first", bench.tags});
  bench.applier->reload();

  const auto rebuild = bench.read_up();
  {
    storage::Transaction transaction(bench.database);
    bench.applier->reanchor(kBurst, kBurst);
    transaction.commit();
  }
  CHECK_THROWS_AS(bench.take_over(*rebuild), StaleRebuild);
}
