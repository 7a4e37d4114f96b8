#include "daemon/pipeline/scoring/scheduler.hpp"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <thread>

#include "model/explanation.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/heap.hpp"

namespace tapewatch {
namespace {

using namespace model;

std::vector<TextInput> inputs(const std::vector<std::string>& texts) {
  std::vector<TextInput> all;
  for (const auto& text : texts) all.push_back({.text = text});
  return all;
}

bool same(const Prediction& a, const Prediction& b) {
  return a.sentiment == b.sentiment && a.topics == b.topics && a.tokens == b.tokens;
}

void check_same(const std::vector<Prediction>& found, const std::vector<Prediction>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(same(found[i], expected[i]));
}

}  // namespace

TEST_CASE("The scheduler gives the bits of one classifier, in the texts' order, with any number of threads") {
  const auto package = test::TinyModel().load();
  const auto texts = test::random_texts(300, 21);
  const auto all = inputs(texts);
  const auto expected = Classifier(package).classify(all);
  for (const unsigned threads : {1U, 2U, 5U}) {
    for (const std::size_t tokens : {1UL, 64UL, 100'000UL}) {
      Scheduler scheduler(package, {}, {.threads = threads, .batch_tokens = tokens});
      REQUIRE(scheduler.threads() == threads);
      check_same(scheduler.classify(all, Lane::news), expected);
    }
  }
}

TEST_CASE("Callers of every lane at once get the scores of their own texts") {
  const auto package = test::TinyModel().load();
  Scheduler scheduler(package, {.cache = std::make_shared<LogitCache>(1 << 16)}, {.threads = 3});
  std::atomic<int> wrong = 0;  // Catch2's assertions are for one thread
  std::vector<std::jthread> callers;
  for (unsigned caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&, caller] {
      Scheduler::Client client(scheduler, static_cast<Lane>(caller % kLanes));
      Classifier alone(package);
      for (unsigned round = 0; round < 12; ++round) {
        const auto texts = test::random_texts(1 + (caller + round) % 7, 100 + caller * 12 + round);
        const auto all = inputs(texts);
        wrong += std::ranges::equal(client.classify(all), alone.classify(all), same) ? 0 : 1;
      }
    });
  }
  callers.clear();
  CHECK(wrong == 0);
  CHECK(scheduler.classify({}, Lane::news).empty());
}

TEST_CASE("Without memory the callers are told, and the workers go on") {
  const auto package = test::TinyModel().load();
  Scheduler scheduler(package, {}, {.threads = 2, .batch_tokens = 8});
  const auto texts = test::random_texts(40, 22);
  const auto all = inputs(texts);
  const auto expected = Classifier(package).classify(all);
  for (const auto lane : {Lane::requests, Lane::news}) {
    bool told = false;
    try {
      const tests::NoMoreMemory none(1);  // the predictions', so that it is scoring that fails
      scheduler.classify(all, lane);
    } catch (const std::bad_alloc&) {
      told = true;
    }
    CHECK(told);
  }
  check_same(scheduler.classify(all, Lane::requests), expected);
}

TEST_CASE("A lone text is scored on the thread that asks, while a worker is free") {
  const auto package = test::TinyModel().load();
  Scheduler scheduler(package, {}, {.threads = 2});
  const auto texts = test::random_texts(200, 23);
  const auto all = inputs(texts);
  const auto now = [](clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double process = now(CLOCK_PROCESS_CPUTIME_ID), thread = now(CLOCK_THREAD_CPUTIME_ID);
  for (const auto& input : all) scheduler.classify(std::span(&input, 1), Lane::requests);
  CHECK(now(CLOCK_THREAD_CPUTIME_ID) - thread > 0.5 * (now(CLOCK_PROCESS_CPUTIME_ID) - process));
}

TEST_CASE("A text is explained on the scheduler as on one thread") {
  const auto package = test::TinyModel().load();
  Scheduler scheduler(package, {}, {.threads = 2});
  Scheduler::Client client(scheduler, Lane::requests);
  Classifier alone(package);
  const std::string text = "the bank falls, profit rises";
  const auto found = explain(client, {.text = text}), expected = explain(alone, {.text = text});
  REQUIRE(found.words.size() == expected.words.size());
  for (std::size_t i = 0; i < found.words.size(); ++i) CHECK(found.words[i].weight == expected.words[i].weight);
}

}  // namespace tapewatch
