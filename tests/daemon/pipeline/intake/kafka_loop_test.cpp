#include "daemon/pipeline/intake/kafka_loop.hpp"

#include <algorithm>

#include "daemon/observe/log.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/daemon/pipeline/intake/kafka_loop_fixture.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/queue.hpp"

namespace tapewatch {
namespace {

using namespace kafka_loop_test;

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
      CHECK(dead.reason == "missing");
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

TEST_CASE("a loop that reads no more waits for what it handed on, and not for what it could not") {
  Fixture f(1);
  f.script->change([](Script& s) {
    for (int i = 0; i < 3; ++i) s.records.push_back(record(i));
  });
  f.loop.start();
  auto first = tests::take_one(f.queue);
  f.loop.stop_reading();
  const auto queued = f.queue.discard();
  CHECK_FALSE(f.loop.wait_committed(1ms));
  Fixture::commit(*first);
  CHECK(f.loop.wait_committed(1ms) == (queued == 0));
  f.loop.stop();
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
  wrong.fields.title = ingest::FieldPlaces{"headline"};
  CHECK_THROWS_AS(KafkaLoop(wrong, {}, {}, queue, metrics), std::invalid_argument);
}

}  // namespace
}  // namespace tapewatch
