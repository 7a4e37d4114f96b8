#include "daemon/pipeline/intake/dead_letter_forwarder.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "daemon/observe/log.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/kafka_loop.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kafka_mock.hpp"
#include "tests/support/queue.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 90s;  // ends a hanging test; nothing else waits for it

ingest::KafkaOptions options() {
  ingest::KafkaOptions options;
  options.name = "wire";
  options.brokers = "127.0.0.1:1";
  options.topics = {"news"};
  options.poll_wait = 5ms;
  return options;
}

// Dead letters as a database would keep them.
class Letters final : public DeadLetterSource {
 public:
  std::vector<PendingDeadLetter> pending(std::string_view, std::size_t limit) override {
    std::lock_guard lock(mutex);
    ++looks;
    std::vector<PendingDeadLetter> found;
    for (const auto& [id, letter] : waiting) {
      if (found.size() < limit) found.push_back(letter);
    }
    return found;
  }
  void mark_forwarded(std::vector<std::int64_t> ids) override {
    std::lock_guard lock(mutex);
    for (const auto id : ids) waiting.erase(id);
    forwarded.insert(ids.begin(), ids.end());
    changed.notify_all();
  }
  void mark_refused(std::int64_t id, std::string why) override {
    std::lock_guard lock(mutex);
    waiting.erase(id);
    refused[id] = std::move(why);
    changed.notify_all();
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::int64_t, std::string> refused;
  std::set<std::int64_t> forwarded;
  std::map<std::int64_t, PendingDeadLetter> waiting;
  int looks = 0;
};

TEST_CASE("what the dead-letter topic refuses is not said to be forwarded, and takes nothing with it") {
  tests::KafkaMock mock;
  mock.create("rejected", 1);
  ingest::KafkaOptions real = options();
  real.brokers = mock.brokers();
  real.dead_letter_topic = "rejected";
  Letters letters;
  for (int id = 1; id <= 3; ++id) {
    letters.waiting[id] = {id, "", "not JSON", "{", "news/0@" + std::to_string(id), {}, {}, TimePoint(1s)};
  }
  constexpr std::int16_t kProduce = 0;
  rd_kafka_mock_push_request_errors(mock.cluster(), kProduce, 2, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                                    RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP);
  const tests::SignalsBlocked guard;
  DeadLetterForwarder forwarder(real, letters, silent_logger());
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!letters.waiting.empty() && std::chrono::steady_clock::now() < deadline) forwarder.step(wall_now());
  CHECK(letters.refused.size() == 1);
  CHECK(letters.refused[1].find("too large") != std::string::npos);
  CHECK(letters.forwarded == std::set<std::int64_t>{2, 3});  // the second without its own time
}

TEST_CASE("against a cluster: documents in, dead letters out, offsets with the group") {
  tests::KafkaMock mock;
  mock.create("news", 2);
  mock.create("rejected", 1);
  mock.produce_many("news", 0, "first", 50);
  mock.produce_many("news", 1, "second", 50);
  mock.produce("news", 1, "{broken", 1'700'000'000'123, {{"trace", "7"}}, "key");
  ingest::KafkaOptions real = options();
  real.brokers = mock.brokers();
  real.start = ingest::KafkaStart::earliest;
  real.dead_letter_topic = "rejected";
  real.dead_letter_every = 50ms;
  real.properties = {{"auto.commit.interval.ms", "50"}};
  Letters letters;
  KafkaLoopParts parts;
  parts.log = silent_logger();
  parts.positions = [] { return std::vector<storage::KafkaPosition>(); };
  parts.dead_letters = &letters;
  Metrics metrics("test", "test");
  DocumentQueue queue(8);
  KafkaLoop loop(real, {}, parts, queue, metrics);
  loop.start();
  std::map<std::int32_t, std::int64_t> next;
  std::size_t documents = 0;
  for (std::uint64_t number = 0; number < 102; ++number) {  // the starts, a hundred documents, a dead letter
    auto incoming = tests::take_one(queue);
    REQUIRE(incoming);
    REQUIRE(incoming->number == number);
    CHECK(incoming->kafka_starts.size() == (number == 0 ? 2 : 0));  // committed together
    CHECK(incoming->kafka.has_value() == (number > 0));
    if (incoming->kafka) CHECK(incoming->kafka->next_offset == ++next[incoming->kafka->partition]);
    documents += std::holds_alternative<ingest::Document>(incoming->content);
    if (const auto* dead = std::get_if<DeadLetter>(&incoming->content)) {
      std::lock_guard lock(letters.mutex);
      letters.waiting[1] = {1,         dead->pointer, dead->reason,    dead->payload,  dead->position,
                            dead->key, dead->headers, dead->record_at, dead->tombstone};
    }
    incoming->on_commit({.stored = std::holds_alternative<ingest::Document>(incoming->content)});
  }
  CHECK(documents == 100);
  CHECK(next == std::map<std::int32_t, std::int64_t>{{0, 50}, {1, 51}});
  {
    std::unique_lock lock(letters.mutex);
    CHECK(letters.changed.wait_for(lock, kPatience, [&] { return letters.waiting.empty(); }));
  }
  loop.stop_reading();
  loop.stop();
  CHECK(mock.committed("tapewatch", "news", 0) == 50);
  CHECK(mock.committed("tapewatch", "news", 1) == 51);
  CHECK(loop.report().documents == 100);
  CHECK(loop.report().dead_letters == 1);
}

}  // namespace
}  // namespace tapewatch
