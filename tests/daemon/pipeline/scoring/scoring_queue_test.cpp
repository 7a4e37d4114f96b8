#include "daemon/pipeline/scoring/scoring_queue.hpp"

#include <map>
#include <string>

#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

using namespace model;

/// A call of `texts` texts of 100 bytes: 22 expected tokens each.
struct Call {
  explicit Call(std::size_t texts) : inputs(texts, TextInput{.text = text}) { call.texts = inputs; }

  std::string text = std::string(100, 'x');
  std::vector<TextInput> inputs;
  ScoringCall call = {};
};

std::vector<ScoringTask> take(ScoringQueue& queue) {
  std::vector<ScoringTask> tasks;
  queue.take(tasks);
  return tasks;
}

}  // namespace

TEST_CASE("A batch holds texts of several calls of one lane, in their order, up to its tokens") {
  ScoringQueue queue(100, 1000);
  Call first(3), second(2), other(1);
  queue.push(first.call, Lane::news);
  queue.push(second.call, Lane::news);
  queue.push(other.call, Lane::requests);
  const auto batch = take(queue);
  REQUIRE(batch.size() == 4);
  CHECK((batch[2].call == &first.call && batch[2].text == 2));
  CHECK((batch[3].call == &second.call && batch[3].text == 0));
  CHECK(second.call.in_progress == 1);
  CHECK(take(queue).at(0).call == &other.call);
  CHECK(take(queue).size() == 1);
  CHECK(queue.empty());
  CHECK(take(queue).empty());
}

TEST_CASE("A text longer than a batch is one by itself, and costs no more than what is read of it") {
  ScoringQueue queue(100, 200);
  Call other(5);
  const std::string text(100'000, 'x');
  const std::vector<TextInput> inputs(2, TextInput{.text = text});
  ScoringCall call{.texts = inputs, .predictions = {}};
  queue.push(call, Lane::requests);
  queue.push(other.call, Lane::news);
  CHECK(take(queue).size() == 4);  // 88 tokens of news
  CHECK(take(queue).at(0).call == &call);
  CHECK(take(queue).size() == 1);  // 110 of 202
  CHECK(take(queue).at(0).call == &call);
}

TEST_CASE("Lanes share the tokens equally, however many calls one of them has") {
  ScoringQueue queue(44, 1000);
  Call news(400);
  std::vector<std::unique_ptr<Call>> flood;
  for (int i = 0; i < 400; ++i) queue.push(flood.emplace_back(std::make_unique<Call>(2))->call, Lane::requests);
  queue.push(news.call, Lane::news);
  std::size_t of_news = 0;
  for (int batch = 1; batch <= 300; ++batch) {
    of_news += take(queue).at(0).call == &news.call ? 1 : 0;
    CHECK((2 * of_news >= static_cast<std::size_t>(batch) - 1 && 2 * of_news <= static_cast<std::size_t>(batch) + 1));
  }
}

TEST_CASE("A lone text waits for a batch of each call before it, not for their ends") {
  ScoringQueue queue(44, 1000);
  Call first(200), second(200), lone(1);
  queue.push(first.call, Lane::requests);
  queue.push(second.call, Lane::requests);
  CHECK(take(queue).at(0).call == &first.call);
  queue.push(lone.call, Lane::requests);
  CHECK(take(queue).at(0).call == &second.call);
  CHECK(take(queue).at(0).call == &first.call);
  const auto batch = take(queue);
  CHECK((batch.at(0).call == &lone.call && batch.at(1).call == &second.call));
  while (!queue.empty()) take(queue);
  CHECK((first.call.next == 200 && second.call.next == 200));
}

TEST_CASE("History gets a tenth of what another lane gets, and everything that is left") {
  ScoringQueue queue(22, 1000);
  Call history(400), news(100);
  queue.push(history.call, Lane::history);
  queue.push(news.call, Lane::news);
  std::size_t of_history = 0;
  while (news.call.next < 100) of_history += take(queue).at(0).call == &history.call ? 1 : 0;
  CHECK((of_history >= 9 && of_history <= 11));
  while (!queue.empty()) take(queue);
  CHECK(history.call.next == 400);
}

TEST_CASE("A lane that was empty is not owed what the others got meanwhile") {
  ScoringQueue queue(22, 1000);
  Call news(200), late(50);
  queue.push(news.call, Lane::news);
  for (int i = 0; i < 100; ++i) take(queue);
  queue.push(late.call, Lane::requests);
  std::size_t of_late = 0;
  for (int i = 0; i < 20; ++i) of_late += take(queue).at(0).call == &late.call ? 1 : 0;
  CHECK((of_late >= 9 && of_late <= 11));
}

TEST_CASE("What is left of a dropped call is not taken") {
  ScoringQueue queue(22, 1000);
  Call failed(3), other(1);
  queue.push(failed.call, Lane::news);
  queue.push(other.call, Lane::news);
  CHECK(take(queue).at(0).call == &failed.call);
  queue.drop(failed.call);
  CHECK_FALSE(failed.call.over());  // one is in progress
  CHECK(take(queue).at(0).call == &other.call);
  CHECK(queue.empty());
}

}  // namespace tapewatch
