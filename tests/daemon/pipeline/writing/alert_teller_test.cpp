// Who is told of alerts over their lives, with real alerts of a real detector: over restarts, roll-backs and time.
#include "daemon/pipeline/writing/alert_teller.hpp"

#include "storage/alert/alert_reader.hpp"
#include "storage/alert/silences.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const TimePoint kBurst = kFrom + 30h;

struct SetClock final : EventClock {
  TimePoint now() const override { return at; }
  TimePoint at = kBurst;
};

/// A database, and the runs of a daemon over it.
struct Bench {
  explicit Bench(alerts::RuleOptions rule = tests::burst_rule())
      : database(storage::Connection::open_writer(folder.file())) {
    options.rules = {std::move(rule)};
    options.webhooks.resize(1);
    options.webhooks[0].name = "desk";
    options.clock = clock;
    options.detector.model_version = tests::kModel;
    restart();
  }

  void restart() { applier.emplace(database, options); }
  template <class Change>
  void write(const Change& change) {
    storage::Transaction transaction(database);
    change();
    transaction.commit();
  }
  void store(std::vector<Scored> records) {
    write([&] {
      for (Scored& record : records) applier->apply(record, record.scored_at);
      applier->finish();
    });
  }
  void burst() { store(tests::quiet_then_burst(kFrom)); }
  void tick(TimePoint at) {
    write([&] {
      applier->tick(at, at);
      applier->finish();
    });
  }
  UpkeepResult upkeep(TimePoint at) {
    clock->at = at;
    UpkeepResult result;
    write([&] { result = applier->upkeep(at); });
    return result;
  }
  std::string silence(TimePoint from, TimePoint to) {
    std::string id;
    storage::SilenceRow row;
    row.match = {{"entity", {"halden"}}};
    row.from = from;
    row.to = to;
    row.by = "ann";
    write([&] { id = storage::Silences(database).add(row); });
    return id;
  }
  void acknowledge() {
    write([&] {
      database.execute(
          "INSERT INTO acknowledgement (alert, at, author, comment, token) SELECT number, 0, 'ann', '', '' FROM alert");
    });
  }
  void deliver() {
    write([&] { database.execute("UPDATE outbox SET state = 'delivered' WHERE state = 'pending'"); });
  }
  std::string column(const std::string& sql) {
    auto read = database.prepare(sql);
    std::string text;
    while (read.step()) text += (text.empty() ? "" : " ") + read.text(0);
    return text;
  }
  /// What was written for webhooks, in order: types, without "alert.".
  std::string sent() { return column("SELECT replace(type, 'alert.', '') FROM outbox ORDER BY number"); }
  std::string states() { return column("SELECT state FROM outbox ORDER BY number"); }
  std::string of_last(const std::string& path) {
    return column("SELECT body ->> '$.data." + path + "' FROM outbox ORDER BY number DESC LIMIT 1");
  }
  std::string suppressed_by() { return column("SELECT suppressed_by FROM alert"); }
  std::string last_event(const std::string& member) {
    return column("SELECT json ->> '$." + member + "' FROM event WHERE type = 'alert' ORDER BY id DESC LIMIT 1");
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  std::shared_ptr<SetClock> clock = std::make_shared<SetClock>();
  ApplierOptions options;
  std::optional<Applier> applier;
};

alerts::RuleOptions grave_rule() {
  alerts::RuleOptions rule;
  rule.name = "grave";
  rule.measure = alerts::Measure::story;
  rule.group_by = {"entity"};
  rule.min_negative = 0.93;
  return rule;
}

}  // namespace

TEST_CASE("telling: a silenced alert is recorded with the silence, and told when that ends, over a restart, once") {
  Bench bench;
  const std::string id = bench.silence(kBurst - 1h, kBurst + 1h);
  bench.burst();
  CHECK(bench.sent().empty());
  CHECK(bench.suppressed_by() == "silence:" + id);
  CHECK(bench.last_event("suppressed_by") == "silence:" + id);
  const auto alert = storage::AlertReader(bench.database).list({}).items.at(0);
  CHECK(alert.row.suppressed_by == "silence:" + id);
  const auto steps = storage::AlertReader(bench.database).get(alert.row.id)->transitions;
  CHECK(steps.front().row.suppressed_by == "silence:" + id);

  CHECK(bench.upkeep(kBurst + 59min).empty());
  bench.restart();
  const auto told = bench.upkeep(kBurst + 1h);
  REQUIRE(told.turns.size() == 1);
  CHECK(told.turns[0].turn == alerts::Turn::released);
  CHECK(told.turns[0].is_sent);
  CHECK(bench.sent() == "firing");
  CHECK(bench.of_last("suppressed_by").empty());
  CHECK(bench.of_last("story_count") == "16");  // as it stands, not as it fired
  CHECK(bench.suppressed_by().empty());
  CHECK(bench.last_event("type") == "alert.firing");
  for (int i = 0; i < 2; ++i) {
    CHECK(bench.upkeep(kBurst + 2h).empty());
    bench.restart();
  }
  bench.tick(kBurst + 40h);
  CHECK(bench.sent() == "firing resolved");
}

TEST_CASE("telling: what was over before the silence is told nobody, and is not missed") {
  Bench bench;
  bench.silence(kBurst - 1h, kBurst + 100h);
  bench.burst();
  bench.tick(kBurst + 40h);
  CHECK(bench.column("SELECT state FROM alert") == "resolved");
  CHECK(bench.suppressed_by().starts_with("silence:"));
  CHECK(bench.upkeep(kBurst + 101h).empty());
  CHECK(bench.sent().empty());
  CHECK(storage::Outbox(bench.database).missed("", 10).empty());
}

TEST_CASE("telling: an upkeep that is rolled back has told nobody, and comes out the same when done again") {
  Bench bench;
  bench.silence(kBurst - 1h, kBurst + 1h);
  bench.burst();
  bench.clock->at = kBurst + 1h;
  {
    storage::Transaction transaction(bench.database);
    CHECK(bench.applier->upkeep(kBurst + 1h).turns.size() == 1);
  }
  bench.applier->reload();
  CHECK(bench.sent().empty());
  CHECK(bench.upkeep(kBurst + 1h).turns.size() == 1);
  CHECK(bench.upkeep(kBurst + 1h).empty());
  CHECK(bench.sent() == "firing");
}

TEST_CASE("telling: repeated with its present evidence, to a receiver that is away once, until it is acknowledged") {
  auto rule = tests::burst_rule();
  rule.repeat = 1h;
  Bench bench(rule);
  bench.burst();
  bench.deliver();
  const std::string before = bench.sent();
  CHECK(before.starts_with("firing"));
  CHECK(bench.upkeep(kBurst + 2h).turns.size() == 1);
  CHECK(bench.sent() == before + " firing");
  CHECK(bench.of_last("repeat") == "1");
  CHECK(bench.of_last("story_count") == "16");
  CHECK(bench.upkeep(kBurst + 2h).empty());
  bench.restart();
  CHECK(bench.upkeep(kBurst + 150min).empty());
  CHECK(bench.upkeep(kBurst + 4h).empty());  // it still has the last one to get
  CHECK(bench.sent() == before + " firing");
  bench.deliver();
  CHECK(bench.upkeep(kBurst + 6h).turns.size() == 1);
  CHECK(bench.sent() == before + " firing firing");
  bench.acknowledge();
  bench.deliver();
  CHECK(bench.upkeep(kBurst + 9h).empty());
  CHECK(bench.column("SELECT count(DISTINCT message_id) = count(*) FROM outbox") == "1");
}

TEST_CASE("telling: a repeat that waits is dropped when the alert ends, which is not missed") {
  auto rule = tests::burst_rule();
  rule.repeat = 1h;
  Bench bench(rule);
  bench.burst();
  bench.deliver();
  bench.upkeep(kBurst + 2h);
  bench.tick(kBurst + 40h);
  CHECK(bench.states().ends_with("delivered superseded pending"));
  CHECK(bench.of_last("missed") == "0");
  CHECK(bench.of_last("state") == "resolved");
}

TEST_CASE("telling: raised where nobody acknowledges it; its row, its messages and its end say so") {
  auto rule = tests::burst_rule();
  rule.severity = "warning";
  rule.escalate = alerts::Escalation{30min, "critical"};
  Bench bench(rule);
  bench.options.webhooks.push_back(bench.options.webhooks[0]);
  bench.options.webhooks[1].name = "pager";
  bench.options.webhooks[1].match = {{"severity", {"critical"}}};
  bench.restart();
  bench.burst();
  CHECK(bench.column("SELECT DISTINCT webhook FROM outbox") == "desk");
  CHECK(bench.upkeep(kBurst + 2h).turns.size() == 1);
  CHECK(bench.column("SELECT webhook || ':' || type FROM outbox ORDER BY number DESC LIMIT 2") ==
        "pager:alert.firing desk:alert.updated");
  CHECK(bench.of_last("severity") == "critical");
  CHECK(bench.of_last("raised_from") == "warning");
  CHECK(bench.of_last("reason") == "nobody acknowledged it for 30 minutes");
  CHECK(bench.column("SELECT severity FROM alert") == "critical");
  bench.restart();
  CHECK(bench.upkeep(kBurst + 9h).empty());
  bench.tick(kBurst + 40h);
  CHECK(bench.column("SELECT severity FROM alert") == "critical");
  CHECK(bench.column("SELECT webhook FROM outbox WHERE type = 'alert.resolved' ORDER BY number") == "desk pager");
  CHECK(bench.of_last("severity") == "critical");

  Bench calm(rule);
  calm.burst();
  calm.acknowledge();
  CHECK(calm.upkeep(kBurst + 2h).empty());
}

TEST_CASE("telling: beyond max_alerts in a digest, at the end of its period, once, whatever is killed in between") {
  auto rule = grave_rule();
  rule.max_alerts = alerts::AlertLimit{2, 1h};
  Bench bench(rule);
  bench.options.webhooks.push_back(bench.options.webhooks[0]);
  bench.options.webhooks[1].name = "pager";
  bench.options.webhooks[1].format = "pagerduty";
  bench.options.webhooks.push_back(bench.options.webhooks[0]);
  bench.options.webhooks[2].name = "elsewhere";
  bench.options.webhooks[2].match = {{"rule", {"another"}}};
  bench.restart();
  const auto before = bench.column("SELECT count(*) FROM outbox");
  std::vector<Scored> stories;
  for (std::uint64_t i = 0; i < 6; ++i) {
    stories.push_back(tests::scored_record(i, kBurst + i * 1min, "grave story " + std::to_string(i), 0.98, 0));
  }
  bench.store(stories);
  CHECK(bench.column("SELECT count(*) FROM alert") == "6");
  CHECK(bench.column("SELECT count(*) FROM alert WHERE suppressed_by = 'max_alerts'") == "4");
  CHECK(bench.column("SELECT count(*) FROM outbox WHERE type = 'alert.firing' AND webhook = 'desk'") == "2");
  bench.restart();
  bench.tick(kBurst + 61min);
  CHECK(bench.upkeep(kBurst + 61min).digests.empty());  // the first was held at the third minute
  bench.tick(kBurst + 62min);
  const auto sent = bench.upkeep(kBurst + 62min).digests;
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].rule == "grave");
  CHECK(sent[0].alerts == 4);
  CHECK(bench.column("SELECT webhook FROM outbox WHERE type = 'digest'") == "desk");
  CHECK(bench.of_last("count") == "4");
  CHECK(bench.of_last("alerts[0].summary").find("grave story 2") != std::string::npos);
  bench.restart();
  CHECK(bench.upkeep(kBurst + 63min).empty());
  bench.tick(kBurst + 10h);  // those that were held end untold
  CHECK(bench.column("SELECT count(*) FROM outbox WHERE type = 'alert.resolved' AND webhook = 'desk'") == "2");
  bench.store({tests::scored_record(7, kBurst + 10h, "a later grave story", 0.98, 0)});
  CHECK(bench.of_last("state") == "firing");
}

TEST_CASE("telling: a digest waits for the end of muted time") {
  auto rule = grave_rule();
  rule.max_alerts = alerts::AlertLimit{1, 1h};
  rule.mute = {*alerts::parse_mute_time("15:00-16:00")};  // the burst is at 14:00
  Bench bench(rule);
  bench.store({tests::scored_record(0, kBurst, "a grave story", 0.98, 0),
               tests::scored_record(1, kBurst + 1min, "another grave one", 0.98, 0)});
  bench.tick(kBurst + 90min);
  CHECK(bench.upkeep(kBurst + 90min).digests.empty());
  bench.tick(kBurst + 2h);
  CHECK(bench.upkeep(kBurst + 2h).digests.size() == 1);
}

TEST_CASE("telling: of a whole and its part in one commit the whole is told") {
  Bench bench;
  bench.options.rules.push_back(tests::burst_rule());
  bench.options.rules[1].name = "stream";
  bench.options.rules[1].group_by = {};
  bench.restart();
  AlertTeller teller(bench.database, bench.options);
  teller.reload();
  alerts::Transition part;
  part.alert_id = "a1";
  part.rule = "negative-burst";
  part.key = {{"entity", "halden"}};
  part.severity = "critical";
  part.state = alerts::AlertState::firing;
  part.type = "alert.firing";
  part.sequence = 1;
  part.updated_at = kBurst;
  alerts::Transition whole = part;
  whole.alert_id = "w1";
  whole.rule = "stream";
  whole.key.clear();
  std::vector<alerts::Transition> steps = {part, whole};
  bench.write([&] { teller.record(steps, kBurst); });
  CHECK(steps[0].suppressed_by == "alert:w1");
  CHECK(steps[0].alert_id == "a1");  // recorded in their order
  CHECK(bench.column("SELECT alert_id FROM outbox") == "w1");
  whole.type = "alert.resolved";
  whole.state = alerts::AlertState::resolved;
  whole.sequence = 2;
  steps = {whole};
  bench.write([&] { teller.record(steps, kBurst + 1h); });
  part.type = "alert.updated";
  part.sequence = 2;
  steps = {part};
  bench.write([&] { teller.record(steps, kBurst + 1h); });
  CHECK(bench.column("SELECT alert_id || ' ' || type FROM outbox ORDER BY number DESC LIMIT 1") == "a1 alert.firing");
}

TEST_CASE("telling: the transitions of an alert are the same whatever keeps it from being told") {
  const auto transitions = [](alerts::RuleOptions rule, bool silenced) {
    Bench bench(std::move(rule));
    if (silenced) bench.silence(kFrom, kFrom + 100h);
    bench.burst();
    bench.tick(kBurst + 40h);
    return bench.column(
        "SELECT sequence || type || state || severity || evidence || reason || started_at || updated_at FROM "
        "alert_transition ORDER BY seq");
  };
  auto muted = tests::burst_rule();
  muted.mute = {*alerts::parse_mute_time("mon-sat")};
  muted.repeat = 1h;
  muted.max_alerts = alerts::AlertLimit{1, 1h};
  const std::string plain = transitions(tests::burst_rule(), false);
  CHECK_FALSE(plain.empty());
  CHECK(transitions(muted, false) == plain);
  CHECK(transitions(tests::burst_rule(), true) == plain);
}

TEST_CASE("telling: history notifies nobody, of what it raises and of what goes on after it by time alone") {
  Bench bench;
  bench.options.history = true;
  bench.restart();
  bench.burst();
  CHECK(bench.column("SELECT state FROM alert") == "firing");
  CHECK(bench.sent().empty());
  bench.options.history = false;
  bench.restart();
  CHECK(bench.upkeep(kBurst + 1h).empty());
  bench.tick(kBurst + 40h);
  CHECK(bench.column("SELECT state FROM alert") == "resolved");
  CHECK(bench.sent().empty());
}

TEST_CASE("telling: history that ends an alert which was told tells its end") {
  Bench bench;
  bench.burst();
  REQUIRE(bench.sent().starts_with("firing"));
  const std::string before = bench.sent();
  bench.options.history = true;
  bench.restart();
  bench.store({tests::scored_record(900, kBurst + 40h, "a quiet story of another day", 0.05, 1)});
  CHECK(bench.column("SELECT state FROM alert") == "resolved");
  CHECK(bench.sent() == before + " resolved");
}
