#include "daemon/pipeline/intake/kafka_loop.hpp"

#include <algorithm>

#include "daemon/observe/log.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/queue.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;
using ingest::KafkaEvent;
using ingest::PartitionOffset;
using ingest::Record;

constexpr auto kPatience = 90s;  // ends a hanging test; nothing else waits for it

// What a scripted consumer returns and which calls it got; shared by the test and the loop's thread.
struct Script {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Record> records;
  std::deque<KafkaEvent> events;
  std::vector<PartitionOffset> stored;
  std::vector<PartitionOffset> known;  // what the lookup answered at the last opening
  std::string fail;                    // thrown once by poll()
  int opened = 0, closed = 0, pauses = 0, resumes = 0, polls_while_paused = 0;
  bool paused = false;

  template <class Change>
  void change(Change change) {
    std::lock_guard lock(mutex);
    change(*this);
    changed.notify_all();
  }
  template <class Done>
  bool wait(Done done) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kPatience, [&] { return done(*this); });
  }
};

class ScriptedConsumer final : public ingest::KafkaConsumer {
 public:
  ScriptedConsumer(std::shared_ptr<Script> script, const ingest::PositionLookup& lookup) : script_(std::move(script)) {
    const auto known = lookup(cluster_);
    script_->change([&](Script& s) {
      s.known = known;
      ++s.opened;
    });
  }
  std::optional<Record> poll(std::chrono::milliseconds wait) override {
    std::unique_lock lock(script_->mutex);
    script_->polls_while_paused += script_->paused ? 1 : 0;
    script_->changed.notify_all();
    script_->changed.wait_for(lock, wait, [&] {
      return !script_->fail.empty() || !script_->events.empty() || (!script_->paused && !script_->records.empty());
    });
    if (!script_->fail.empty()) throw ingest::KafkaError(std::exchange(script_->fail, ""));
    if (script_->paused || script_->records.empty()) return std::nullopt;
    Record record = std::move(script_->records.front());
    script_->records.pop_front();
    return record;
  }
  void pause() override {
    script_->change([](Script& s) { s.paused = true, ++s.pauses; });
  }
  void resume() override {
    script_->change([](Script& s) { s.paused = false, ++s.resumes; });
  }
  void store(const PartitionOffset& next) override {
    script_->change([&](Script& s) { s.stored.push_back(next); });
  }
  std::vector<KafkaEvent> take_events() override {
    std::lock_guard lock(script_->mutex);
    std::vector<KafkaEvent> events(script_->events.begin(), script_->events.end());
    script_->events.clear();
    return events;
  }
  const std::string& cluster() const override { return cluster_; }
  std::optional<std::int64_t> lag() const override { return 42; }
  std::chrono::milliseconds disorder() const override { return 1500ms; }
  void close() override {
    script_->change([](Script& s) { ++s.closed; });
  }

 private:
  std::shared_ptr<Script> script_;
  std::string cluster_ = "cluster-1";
};

Record record(std::int64_t offset, std::string payload = "") {
  Record made;
  made.payload = payload.empty() ? "{\"title\":\"record " + std::to_string(offset) + "\"}" : std::move(payload);
  made.topic = "news";
  made.offset = offset;
  return made;
}

ingest::KafkaOptions options() {
  ingest::KafkaOptions options;
  options.name = "wire";
  options.brokers = "127.0.0.1:1";
  options.topics = {"news"};
  options.poll_wait = 5ms;
  options.full_patience = 60ms;
  options.reopen_first = 5ms;
  return options;
}

struct Fixture {
  explicit Fixture(std::size_t capacity = 64, ingest::KafkaOptions the_options = options())
      : queue(capacity), loop(std::move(the_options), {}, parts(), queue, metrics) {}

  KafkaLoopParts parts() {
    KafkaLoopParts parts;
    parts.slot = 3;
    parts.log = silent_logger();
    parts.positions = [this] {
      std::lock_guard lock(script->mutex);
      return database;
    };
    parts.open_consumer = [script = script](const ingest::PositionLookup& lookup) {
      return std::make_unique<ScriptedConsumer>(script, lookup);
    };
    return parts;
  }
  // Plays the writer: commits, in the order of the numbers.
  static void commit(Incoming& incoming, bool stored = true) { incoming.on_commit({.stored = stored}); }

  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::vector<storage::KafkaPosition> database;
  Metrics metrics{"test", "test"};
  DocumentQueue queue;
  KafkaLoop loop;
};

TEST_CASE("records arrive numbered, in order, each with the position after it") {
  Fixture f;
  f.script->change([](Script& s) {
    s.records.push_back(record(7));
    s.records.push_back(record(8, R"({"headline":"no title"})"));
    s.records.push_back(record(9, R"({"title":"  "})"));
    s.records.push_back(record(12));
  });
  f.loop.start();
  for (std::uint64_t number = 0; number < 4; ++number) {
    auto incoming = tests::take_one(f.queue);
    REQUIRE(incoming);
    CHECK(incoming->number == number);
    CHECK(incoming->source_slot == 3);
    CHECK(incoming->source == "wire");
    REQUIRE(incoming->kafka);
    CHECK(incoming->kafka->cluster == "cluster-1");
    CHECK(incoming->kafka->topic == "news");
    CHECK(incoming->kafka->next_offset == std::vector<std::int64_t>{8, 9, 10, 13}[number]);
    if (number == 1 || number == 2) {
      const auto& dead = std::get<DeadLetter>(incoming->content);
      CHECK(dead.pointer == "/title");
      CHECK(dead.reason == (number == 1 ? "missing" : "no text"));
      CHECK(dead.position == (number == 1 ? "news/0@8" : "news/0@9"));
      CHECK_FALSE(dead.payload.empty());
    } else {
      CHECK(std::get<ingest::Document>(incoming->content).source == "wire");
    }
  }
  f.loop.stop_reading();
  f.loop.stop();
  CHECK(f.script->closed == 1);
  CHECK(f.loop.report().state == "stopped");
  CHECK(f.metrics.expose().find("tapewatch_kafka_lag_records{source=\"wire\"} 42") != std::string::npos);
  CHECK(f.metrics.expose().find("tapewatch_kafka_disorder_seconds{source=\"wire\"} 1.5") != std::string::npos);
}

TEST_CASE("a position that passes transaction markers is committed in its place, without a document") {
  Fixture f;
  const auto end = [](std::int64_t offset, bool passed) {
    Record made;
    made.topic = "news";
    made.offset = offset;
    made.end = true;
    made.passed = passed;
    return made;
  };
  f.script->change([&](Script& s) { s.records = {record(7), end(8, false), end(10, true), record(10)}; });
  f.loop.start();
  std::vector<Incoming> taken;
  for (int i = 0; i < 3; ++i) taken.push_back(*tests::take_one(f.queue));
  CHECK(std::holds_alternative<ingest::Document>(taken[0].content));
  CHECK(std::holds_alternative<Nothing>(taken[1].content));
  CHECK(taken[1].number == 1);
  CHECK(taken[1].kafka->next_offset == 10);
  CHECK(std::holds_alternative<ingest::Document>(taken[2].content));
  Fixture::commit(taken[0]);
  Fixture::commit(taken[1], false);
  CHECK(f.script->wait([](Script& s) {
    return !s.stored.empty() && s.stored.back() == PartitionOffset{"news", 0, 10};
  }));
  f.loop.stop();
  CHECK(f.loop.report().documents == 1);
  CHECK(f.loop.report().dead_letters == 0);
}

TEST_CASE("offsets are stored after the commit, at the latest when stopping") {
  Fixture f;
  f.script->change([](Script& s) {
    for (int i = 0; i < 3; ++i) s.records.push_back(record(i));
  });
  f.loop.start();
  std::vector<Incoming> taken;
  for (int i = 0; i < 3; ++i) taken.push_back(*tests::take_one(f.queue));
  CHECK(f.script->stored.empty());
  Fixture::commit(taken[0]);
  CHECK(f.script->wait([](Script& s) { return s.stored == std::vector<PartitionOffset>{{"news", 0, 1}}; }));
  f.loop.stop_reading();
  Fixture::commit(taken[1]);
  Fixture::commit(taken[2]);
  f.loop.stop();
  CHECK(f.script->stored.back() == PartitionOffset{"news", 0, 3});
  CHECK(f.loop.report().documents == 3);
}

TEST_CASE("nothing is pushed once stop_reading has returned, and late commits do no harm") {
  std::optional<Incoming> late;
  {
    Fixture f(4);
    f.script->change([](Script& s) {
      for (int i = 0; i < 1000; ++i) s.records.push_back(record(i));
    });
    f.loop.start();
    late = tests::take_one(f.queue);
    f.loop.stop_reading();
    const std::size_t before = f.queue.size();
    f.queue.discard();
    CHECK(before <= 4);
    CHECK(f.queue.size() == 0);
    f.queue.close();
  }
  Fixture::commit(*late);  // the loop is gone
}

TEST_CASE("a full queue pauses the consumer once, which is still polled and resumes at half depth") {
  Fixture f(8);
  f.script->change([](Script& s) {
    for (int i = 0; i < 40; ++i) s.records.push_back(record(i));
  });
  f.loop.start();
  REQUIRE(f.script->wait([](Script& s) { return s.polls_while_paused > 3; }));
  CHECK(f.script->pauses == 1);
  CHECK(f.script->resumes == 0);
  CHECK(f.queue.size() == 8);
  CHECK(f.loop.report().state == "paused");
  std::vector<std::uint64_t> numbers;
  while (numbers.size() < 40) {
    auto incoming = tests::take_one(f.queue);
    REQUIRE(incoming);
    numbers.push_back(incoming->number);
  }
  for (std::uint64_t i = 0; i < 40; ++i) CHECK(numbers[i] == i);
  CHECK(f.script->resumes == 1);
  f.loop.stop();
}

TEST_CASE("a stop while the queue is full and closed ends at once") {
  Fixture f(1);
  f.script->change([](Script& s) {
    for (int i = 0; i < 5; ++i) s.records.push_back(record(i));
  });
  f.loop.start();
  REQUIRE(f.script->wait([](Script& s) { return s.polls_while_paused > 0; }));
  f.queue.close();
  const auto begin = std::chrono::steady_clock::now();
  f.loop.stop_reading();
  f.loop.stop();
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("a failed consumer is reopened at the database's position, and the numbering continues") {
  Fixture f;
  f.database = {{"cluster-1", "news", 0, 5}, {"cluster-2", "news", 0, 99}};
  f.script->change([](Script& s) { s.records.push_back(record(5)); });
  f.loop.start();
  CHECK(tests::take_one(f.queue)->number == 0);
  f.script->change([](Script& s) { s.fail = "fatal: fenced"; });
  REQUIRE(f.script->wait([](Script& s) { return s.opened == 2; }));
  CHECK(f.script->known == std::vector<PartitionOffset>{{"news", 0, 5}});
  CHECK(f.loop.report().errors == 1);
  CHECK(f.loop.report().last_error == "fatal: fenced; the consumer is reopened");
  f.script->change([](Script& s) { s.records.push_back(record(6)); });
  CHECK(tests::take_one(f.queue)->number == 1);
  f.loop.stop();
}

TEST_CASE("a start that the database does not know is committed first, and remembered until it is") {
  Fixture f;
  f.script->change([](Script& s) {
    s.events.push_back({KafkaEvent::Kind::assigned, KafkaEvent::Level::info, "", "assigned", {{"news", 0, 100}}});
    s.records.push_back(record(100));
  });
  f.loop.start();
  const auto first = tests::take_one(f.queue);
  CHECK(std::holds_alternative<Nothing>(first->content));
  CHECK(first->number == 0);
  CHECK(first->kafka->next_offset == 100);
  CHECK(tests::take_one(f.queue)->number == 1);
  // Revoked and assigned again before anything was committed: starts where it started before, not at the current end.
  f.script->change([](Script& s) { s.fail = "lost"; });
  REQUIRE(f.script->wait([](Script& s) { return s.opened == 2; }));
  CHECK(f.script->known == std::vector<PartitionOffset>{{"news", 0, 100}});
  f.script->change([](Script& s) {
    s.events.push_back({KafkaEvent::Kind::assigned, KafkaEvent::Level::info, "", "assigned", {{"news", 0, 100}}});
    s.records.push_back(record(100));
  });
  const auto again = tests::take_one(f.queue);
  CHECK(std::holds_alternative<ingest::Document>(again->content));
  CHECK(again->number == 2);
  f.loop.stop();
}

TEST_CASE("the source is covered only while partitions are assigned and a broker answers") {
  const storage_test::TempFolder folder;
  auto database = storage::Connection::open_writer(folder.file());
  WriterQueue writer(1, 8);
  ContactLog contacts(writer, {}, {.every = 1ms});
  auto real = options();
  real.statistics_every = 1ms;
  const auto script = std::make_shared<Script>();
  KafkaLoopParts parts;
  parts.log = silent_logger();
  parts.positions = [] { return std::vector<storage::KafkaPosition>(); };
  parts.contacts = &contacts;
  parts.open_consumer = [&](const ingest::PositionLookup& lookup) {
    return std::make_unique<ScriptedConsumer>(script, lookup);
  };
  Metrics metrics("test", "test");
  DocumentQueue queue(64);
  KafkaLoop loop(real, {}, parts, queue, metrics);
  storage::SourceContacts wire;
  // Lets the loop run, and records what it reports meanwhile: how often it was reachable, how often it failed.
  const auto told_in_rounds = [&] {
    const auto go_round = [&] {
      const auto until = loop.progress() + 20;
      while (loop.progress() < until) std::this_thread::sleep_for(1ms);
    };
    const auto write = [&] {
      for (const Command& command : writer.pop(0, 0ms).commands) {
        command.apply(database, TimePoint{});
        command.done(true);
      }
    };
    go_round(), write(), write();  // what was in flight
    const auto known = storage::SourceCoverage(database, {}).all();
    const auto before = known.empty() ? storage::SourceContacts{} : known[0];
    go_round(), write(), write();
    const auto all = storage::SourceCoverage(database, {}).all();
    wire = all.empty() ? storage::SourceContacts{} : all[0];
    return std::pair(wire.successes > before.successes, wire.errors > before.errors);
  };
  const auto event = [&](KafkaEvent::Kind kind) {
    script->change([&](Script& s) {
      s.events.push_back({kind, KafkaEvent::Level::error, "", "the message", {{"news", 0, 5}}});
    });
  };
  loop.start();
  CHECK(told_in_rounds() == std::pair(false, false));  // no partition is assigned yet
  event(KafkaEvent::Kind::assigned);
  CHECK(told_in_rounds().first);
  CHECK(wire.source == "wire");
  event(KafkaEvent::Kind::unreachable);
  CHECK(told_in_rounds() == std::pair(false, false));
  CHECK(wire.last_error == "the message");
  event(KafkaEvent::Kind::reachable);
  CHECK(told_in_rounds().first);
  event(KafkaEvent::Kind::revoked);
  CHECK_FALSE(told_in_rounds().first);
  event(KafkaEvent::Kind::assigned);
  CHECK(told_in_rounds().first);
  script->change([](Script& s) { s.fail = "fatal: fenced"; });
  REQUIRE(script->wait([](Script& s) { return s.opened == 2; }));
  CHECK_FALSE(told_in_rounds().first);
  CHECK(wire.last_error == "fatal: fenced");
  loop.stop();
}

TEST_CASE("a configuration that cannot work is refused before anything runs") {
  Metrics metrics("test", "test");
  DocumentQueue queue(1);
  ingest::KafkaOptions wrong = options();
  wrong.properties = {{"no.such.thing", "1"}};
  CHECK_THROWS_AS(KafkaLoop(wrong, {}, {}, queue, metrics), ingest::KafkaError);
  wrong = options();
  wrong.fields.title = "headline";
  CHECK_THROWS_AS(KafkaLoop(wrong, {}, {}, queue, metrics), std::invalid_argument);
}

}  // namespace
}  // namespace tapewatch
