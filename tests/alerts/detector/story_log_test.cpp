#include "alerts/detector/story_log.hpp"

#include <map>

#include "alerts/detector/blob.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::alerts {
namespace {

/// The same by the simplest means.
struct PlainLog {
  std::map<std::int64_t, StoryLog::Known> votes;

  StoryLog::Told counted(std::int64_t from, std::int64_t to) const {
    StoryLog::Told told;
    for (const auto& [story, vote] : votes) {
      if (!vote.counted || vote.minute < from || vote.minute > to) continue;
      ++told.stories;
      told.documents += vote.documents;
    }
    return told;
  }
};

void check_same(const StoryLog& log, const PlainLog& plain, std::int64_t stories) {
  REQUIRE(log.size() == plain.votes.size());
  for (std::int64_t story = 0; story < stories; ++story) {
    const auto known = log.find(story);
    const auto expected = plain.votes.find(story);
    REQUIRE(known.has_value() == (expected != plain.votes.end()));
    if (!known) continue;
    CHECK(known->minute == expected->second.minute);
    CHECK(known->documents == expected->second.documents);
    CHECK(known->counted == expected->second.counted);
  }
  for (const std::int64_t from : {-900, -61, 0, 59, 60, 400}) {
    for (const std::int64_t to : {from, from + 59, from + 700}) {
      CHECK(log.counted(from, to).stories == plain.counted(from, to).stories);
      CHECK(log.counted(from, to).documents == plain.counted(from, to).documents);
    }
  }
}

StoryLog restored(StoryLog& log) {
  StoryLog other;
  for (const std::int64_t hour : log.take_changed()) {
    if (log.has(hour)) other.load(log.save(hour));
  }
  return other;
}

TEST_CASE("a log of few and of many stories remembers the same as a plain one, and after a restart") {
  test::Dice dice(7);
  for (const std::int64_t stories : {5, 33, 400}) {
    CAPTURE(stories);
    StoryLog log;
    PlainLog plain;
    for (int step = 0; step < 3000; ++step) {
      const std::int64_t story = static_cast<std::int64_t>(dice.uniform() * static_cast<double>(stories));
      const std::int64_t minute = static_cast<std::int64_t>(dice.uniform() * 1200.0) - 600;
      const bool counted = dice.uniform() < 0.5;
      const auto known = plain.votes.find(story);
      const double what = dice.uniform();
      if (known == plain.votes.end()) {
        log.add(story, minute, counted);
        plain.votes[story] = {minute, 1, counted};
      } else if (what < 0.5) {
        CHECK(log.add(story, minute, counted).minute == known->second.minute);
        ++known->second.documents;
      } else if (what < 0.6) {
        log.take_document(story);
        known->second.documents = std::max<std::uint64_t>(known->second.documents, 2) - 1;
      } else if (what < 0.8) {
        log.take_vote(story, std::nullopt);
        plain.votes.erase(known);
      } else {
        log.take_vote(story, StoryLog::Heir{minute, counted});
        known->second = {minute, std::max<std::uint64_t>(known->second.documents, 2) - 1, counted};
      }
    }
    check_same(log, plain, stories);
    check_same(restored(log), plain, stories);

    CHECK(log.forget(-2, 1'000'000) == 0);
    std::erase_if(plain.votes, [](const auto& vote) { return vote.second.minute < -120; });
    check_same(log, plain, stories);
  }
}

TEST_CASE("beyond the most stories the oldest hours are forgotten, but not the last one") {
  StoryLog log;
  for (std::int64_t story = 0; story < 100; ++story) log.add(story, story / 25 * 60, true);
  (void)log.take_changed();
  CHECK(log.forget(INT64_MIN, 60) == 50);
  CHECK(log.take_changed() == std::vector<std::int64_t>{0, 1});
  CHECK_FALSE(log.has(1));
  CHECK(log.forget(INT64_MIN, 10) == 25);
  CHECK(log.size() == 25);
  CHECK(log.find(75)->minute == 180);
}

TEST_CASE("a damaged hour of a log is refused") {
  StoryLog log;
  log.add(1, 61, true);
  log.add(2, 62, true);
  const std::string blob = log.save(1);
  StoryLog other;
  other.load(blob);
  CHECK_THROWS_AS(other.load(blob), DetectorStateError);  // there twice
  std::string late = blob;
  late.back() = static_cast<char>(60);
  StoryLog third;
  CHECK_THROWS_AS(third.load(late), DetectorStateError);
}

}  // namespace
}  // namespace tapewatch::alerts
