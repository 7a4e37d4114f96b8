#pragma once
// A KafkaLoop on a consumer that follows a script.
#include <algorithm>

#include "daemon/observe/log.hpp"
#include "daemon/pipeline/intake/kafka_loop.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/queue.hpp"

namespace tapewatch::kafka_loop_test {

using namespace std::chrono_literals;
using ingest::KafkaEvent;
using ingest::PartitionOffset;
using ingest::Record;

constexpr auto kPatience = 90s;  // ends a hanging test; nothing else waits for it

/// What a scripted consumer returns and which calls it got; shared by the test and the loop's thread.
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
    record.cluster = cluster_;
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

inline Record record(std::int64_t offset, std::string payload = "") {
  Record made;
  made.payload = payload.empty() ? "{\"title\":\"record " + std::to_string(offset) + "\"}" : std::move(payload);
  made.topic = "news";
  made.offset = offset;
  return made;
}

inline ingest::KafkaOptions options() {
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
  /// Plays the writer: commits, in the order of the numbers.
  static void commit(Incoming& incoming, bool stored = true) { incoming.on_commit({.stored = stored}); }

  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::vector<storage::KafkaPosition> database;
  Metrics metrics{"test", "test"};
  DocumentQueue queue;
  KafkaLoop loop;
};

}  // namespace tapewatch::kafka_loop_test
