// The queues and the order of sources: the basis of the pipeline.
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <numeric>
#include <random>
#include <thread>

#include "daemon/pipeline/bounded_queue.hpp"
#include "daemon/pipeline/intake/source_order.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/shutdown_stack.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/queue.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("a full queue holds its producer until there is room, exactly at its capacity") {
  BoundedQueue<int> queue(3);
  std::atomic<int> pushed = 0;
  std::thread producer([&] {
    for (int i = 0; i < 10; ++i) {
      if (!queue.push(int(i))) return;
      ++pushed;
    }
  });
  for (int i = 0; i < 10; ++i) {
    const auto item = tests::take_one(queue);
    REQUIRE(item);
    CHECK(*item == i);
    CHECK(queue.size() <= 3);
    CHECK(pushed.load() <= i + 1 + 3);
  }
  producer.join();
  CHECK(pushed == 10);
}

TEST_CASE("close wakes both sides, refuses pushes and drains what is left") {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  REQUIRE(queue.push(std::make_unique<int>(7)));
  std::atomic<bool> refused = false;
  std::thread blocked([&] { refused = !queue.push(std::make_unique<int>(8)); });
  queue.close();
  blocked.join();
  CHECK(refused);
  const auto left = tests::take_one(queue);
  REQUIRE(left);
  CHECK(**left == 7);
  CHECK_FALSE(tests::take_one(queue));
  CHECK(queue.pop_batch(4, 1ms).empty());
  auto kept = std::make_unique<int>(9);
  CHECK_FALSE(queue.try_push(kept));
  CHECK(*kept == 9);
}

TEST_CASE("close wakes a consumer that waits on an empty queue") {
  BoundedQueue<int> queue(1);
  std::atomic<bool> ended = false;
  std::thread consumer([&] { ended = !tests::take_one(queue); });
  queue.close();
  consumer.join();
  CHECK(ended);
}

TEST_CASE("a batch is taken whole or not at all") {
  BoundedQueue<int> queue(4);
  std::vector<int> three{1, 2, 3};
  CHECK(queue.try_push_all(three));
  std::vector<int> two{4, 5};
  CHECK_FALSE(queue.try_push_all(two));
  CHECK(two.size() == 2);
  CHECK(queue.size() == 3);
  CHECK(queue.pop_batch(2, 0ms) == std::vector<int>{1, 2});
  CHECK(queue.try_push_all(two));
  CHECK(queue.discard() == 3);
}

TEST_CASE("a batch takes as many as fit, and at least one") {
  BoundedQueue<int> queue(8);
  std::vector<int> all{9, 2, 3, 4};
  REQUIRE(queue.try_push_all(all));
  const auto sum_of_five = [sum = 0](int item) mutable { return (sum += item) <= 5; };
  CHECK(queue.pop_batch(8, 0ms, sum_of_five) == std::vector<int>{9});
  CHECK(queue.pop_batch(8, 0ms, sum_of_five) == std::vector<int>{2, 3});
  CHECK(queue.pop_batch(8, 0ms, sum_of_five) == std::vector<int>{4});
}

TEST_CASE("a consumer whose items another one has taken while it lingered goes on waiting") {
  BoundedQueue<int> queue(8);
  std::atomic<int> taken = 0, ended = 0;
  std::vector<std::thread> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.emplace_back([&] {
      for (auto batch = queue.pop_batch(8, 1ms); !batch.empty(); batch = queue.pop_batch(8, 1ms)) {
        taken += static_cast<int>(batch.size());
      }
      ++ended;
    });
  }
  constexpr int kRounds = 100;
  for (int round = 1; round <= kRounds && ended == 0; ++round) {
    for (int i = 0; i < 2; ++i) queue.push(int(i));  // each wakes another consumer
    while (taken < 2 * round) std::this_thread::yield();
  }
  CHECK(ended == 0);
  CHECK(taken == 2 * kRounds);
  queue.close();
  for (auto& consumer : consumers) consumer.join();
  CHECK(ended == 3);
}

TEST_CASE("whatever order the workers finish in, each source keeps its own") {
  std::mt19937 random(17);
  struct Item {
    std::uint32_t slot;
    std::uint64_t number;
  };
  for (int round = 0; round < 50; ++round) {
    std::vector<Item> items;
    for (std::uint32_t slot = 0; slot < 3; ++slot) {
      for (std::uint64_t number = 0; number < 40; ++number) items.push_back({slot, number});
    }
    std::shuffle(items.begin(), items.end(), random);
    SourceOrder<Item> order;
    std::vector<Item> ready;
    std::uint64_t next[3] = {0, 0, 0};
    for (const auto& item : items) {
      ready.clear();
      order.add(item.slot, item.number, item, ready);
      for (const auto& released : ready) CHECK(released.number == next[released.slot]++);
    }
    CHECK(order.waiting() == 0);
    CHECK((next[0] == 40 && next[1] == 40 && next[2] == 40));
  }
}

TEST_CASE("a missing record holds back only its own source") {
  SourceOrder<int> order;
  std::vector<int> ready;
  order.add(1, 1, 11, ready);
  order.add(2, 0, 20, ready);
  CHECK(ready == std::vector<int>{20});
  CHECK(order.waiting() == 1);
}

TEST_CASE("commands pass while records are held back") {
  WriterQueue queue(2, 2);
  REQUIRE(queue.push(Scored{}));
  int ran = 0;
  Command command{[&](storage::Connection&, TimePoint) {}, [&](bool committed) { ran += committed ? 1 : 10; }};
  REQUIRE(queue.push_command(command));
  auto batch = queue.pop(0, 0ms);
  CHECK(batch.records.empty());
  REQUIRE(batch.commands.size() == 1);
  batch.commands[0].done(true);
  CHECK(ran == 1);
  CHECK(queue.records() == 1);
  queue.close();
  batch = queue.pop(0, 0ms);
  CHECK_FALSE(batch.closed);
  batch = queue.pop(8, 0ms);
  CHECK(batch.records.size() == 1);
  CHECK(batch.closed);
  CHECK_FALSE(queue.push(Scored{}));
}

TEST_CASE("the command lane is bounded and never blocks") {
  WriterQueue queue(1, 1);
  Command first, second;
  CHECK(queue.push_command(first));
  CHECK_FALSE(queue.push_command(second));
}

TEST_CASE("shutdown runs every step, last started first, whatever one of them throws") {
  ShutdownStack stack;
  std::string order;
  stack.push("database", [&] { order += "d"; });
  stack.push("writer", [&] {
    order += "w";
    throw std::runtime_error("stuck");
  });
  stack.push("http", [&] { order += "h"; });
  std::string failed;
  const bool clean = stack.run([&](const std::string& step, std::chrono::milliseconds, const std::string& error) {
    if (!error.empty()) failed = step + ":" + error;
  });
  CHECK_FALSE(clean);
  CHECK(order == "hwd");
  CHECK(failed == "writer:stuck");
}

TEST_CASE("the writer gathers records for as long as it is told, unless something else waits for it") {
  WriterQueue queue(8, 8);
  const auto gathered = [&queue](const std::function<void()>& meanwhile) {
    REQUIRE(queue.push(Scored{}));
    auto batch = std::async(std::launch::async, [&queue] { return queue.pop(3, 10min, 10min); });
    meanwhile();
    return batch.get().records.size();
  };
  CHECK(gathered([&] {
          REQUIRE(queue.push(Scored{}));
          REQUIRE(queue.push(Scored{}));
        }) == 3);
  CHECK(gathered([&] {
          Command command;
          REQUIRE(queue.push_command(command));
        }) == 1);
  CHECK(gathered([&] { queue.close(); }) == 1);
  CHECK(queue.pop(3, 10min, 10min).closed);
}

TEST_CASE("a queue that holds fewer records than are wanted is taken when it is full") {
  WriterQueue queue(2, 2);
  REQUIRE(queue.push(Scored{}));
  auto batch = std::async(std::launch::async, [&queue] { return queue.pop(3, 10min, 10min); });
  REQUIRE(queue.push(Scored{}));
  CHECK(batch.get().records.size() == 2);
  CHECK(queue.pop(3, 1ms, 1ms).records.empty());
}
