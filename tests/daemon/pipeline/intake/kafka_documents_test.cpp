// What KafkaLoop makes of records that hold several documents, and of fields that cannot be read.
#include <thread>

#include "daemon/observe/log.hpp"
#include "daemon/pipeline/intake/kafka_loop.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/queue.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;
using ingest::Record;

/// Hands out its records once, then has nothing more.
class FewRecords final : public ingest::KafkaConsumer {
 public:
  explicit FewRecords(std::vector<Record> records) : records_(std::move(records)) {}
  std::optional<Record> poll(std::chrono::milliseconds wait) override {
    if (next_ < records_.size()) return records_[next_++];
    std::this_thread::sleep_for(wait);  // as a broker without news does
    return std::nullopt;
  }
  void pause() override {}
  void resume() override {}
  void store(const ingest::PartitionOffset&) override {}
  std::vector<ingest::KafkaEvent> take_events() override { return {}; }
  const std::string& cluster() const override { return cluster_; }
  std::optional<std::int64_t> lag() const override { return static_cast<std::int64_t>(records_.size() - next_); }
  std::chrono::milliseconds disorder() const override { return 0ms; }
  void close() override {}

 private:
  std::vector<Record> records_;
  std::size_t next_ = 0;
  std::string cluster_ = "cluster-1";
};

Record record(std::int64_t offset, std::string payload) {
  Record made;
  made.payload = std::move(payload);
  made.topic = "news";
  made.offset = offset;
  return made;
}

TEST_CASE("a record's position is committed with the last of its documents, and its warnings are told") {
  ingest::KafkaOptions options;
  options.name = "wire";
  options.brokers = "127.0.0.1:1";
  options.topics = {"news"};
  options.poll_wait = 5ms;
  KafkaLoopParts parts;
  parts.log = silent_logger();
  parts.positions = [] { return std::vector<storage::KafkaPosition>(); };
  parts.open_consumer = [](const ingest::PositionLookup&) {
    return std::make_unique<FewRecords>(std::vector<Record>{
        record(7, R"([{"title":"one"},{"url":"https://x/1"},{"id":"c","title":"three","published_at":"soon"}])"),
        record(8, "[]"), record(9, R"({"title":"four","published_at":"later"})")});
  };
  Metrics metrics{"test", "test"};
  DocumentQueue queue(16);
  KafkaLoop loop(std::move(options), {}, std::move(parts), queue, metrics);
  loop.start();
  const auto next = [&] {
    auto incoming = tests::take_one(queue);
    REQUIRE((incoming && incoming->kafka));
    return std::move(*incoming);
  };
  const Incoming first = next(), second = next(), third = next(), nothing = next(), last = next();
  CHECK(std::get<ingest::Document>(first.content).id == "news/0/7#0");
  CHECK(first.kafka->next_offset == 7);
  CHECK(std::get<DeadLetter>(second.content).reason == "missing");
  CHECK(std::get<DeadLetter>(second.content).payload.starts_with(R"([{"title":"one"})"));
  CHECK(second.kafka->next_offset == 7);
  CHECK(std::get<ingest::Document>(third.content).id == "c");
  CHECK(third.kafka->next_offset == 8);
  CHECK(std::holds_alternative<Nothing>(nothing.content));
  CHECK(nothing.kafka->next_offset == 9);
  CHECK(std::get<ingest::Document>(last.content).title == "four");
  CHECK(loop.report().warnings == std::vector<std::string>{"/published_at: expected a time, found \"soon\" (2 times)"});
  queue.close();
  loop.stop_reading();
  loop.stop();
}

TEST_CASE("a source is catching up until what it has read is committed") {
  ingest::KafkaOptions options;
  options.name = "wire";
  options.brokers = "127.0.0.1:1";
  options.topics = {"news"};
  options.poll_wait = options.statistics_every = 1ms;
  KafkaLoopParts parts;
  parts.log = silent_logger();
  parts.positions = [] { return std::vector<storage::KafkaPosition>(); };
  parts.open_consumer = [](const ingest::PositionLookup&) {
    return std::make_unique<FewRecords>(std::vector<Record>{record(1, R"([{"title":"one"},{"title":"two"}])")});
  };
  Metrics metrics{"test", "test"};
  DocumentQueue queue(16);
  KafkaLoop loop(std::move(options), {}, std::move(parts), queue, metrics);
  CHECK(loop.catching_up());
  loop.start();
  const auto until = [&](const auto& condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
    return condition();
  };
  const auto first = tests::take_one(queue), second = tests::take_one(queue);
  REQUIRE((first && second));
  CHECK(until([&] { return loop.report().lag_records == 0; }));
  CHECK(loop.catching_up());
  first->on_commit(Commit{});
  CHECK(loop.catching_up());
  second->on_commit(Commit{});
  CHECK_FALSE(loop.catching_up());
  queue.close();
  loop.stop_reading();
  loop.stop();
}

}  // namespace
}  // namespace tapewatch
