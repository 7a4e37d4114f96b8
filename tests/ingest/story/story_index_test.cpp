#include "ingest/story/story_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr hours kWindow{72};
TimePoint at_hour(int hour) { return TimePoint(hours(500'000 + hour)); }
IndexedStory story(std::int64_t id, int hour, const std::string& title) {
  return {id, at_hour(hour), story_signature(title)};
}

/// The id of the story that a title joins, 0: none.
std::int64_t joined(StoryIndex& index, int hour, const std::string& title) {
  const auto match = index.best(story_signature(title), at_hour(hour), kWindow);
  return match ? match->id : 0;
}

TEST_CASE("a title joins the story whose first document is most alike") {
  StoryIndex index{StoryOptions{}};
  index.add(story(1, 0, "Dolvane shares fall after auditor quits"));
  index.add(story(2, 0, "Dolvane shares fall after auditor quits and bank pulls credit line"));
  index.add(story(3, 0, "Lumenor shares fall after auditor quits"));
  CHECK(joined(index, 1, "UPDATE 1-Dolvane shares drop after auditor resigns") == 1);
  CHECK(joined(index, 1, "Dolvane shares fall as auditor quits and bank pulls credit line") == 2);
  CHECK(joined(index, 1, "RPT-Lumenor shares fall after auditor quits") == 3);
  CHECK(joined(index, 1, "Solenne shares fall after auditor quits") == 0);
  CHECK(joined(index, 1, "Dolvane shares rise after auditor quits") == 0);
}

TEST_CASE("of stories that are equally alike the nearest in time counts, then the oldest") {
  StoryIndex index{StoryOptions{}};
  index.add(story(1, 0, "Norvik refinery burns"));
  index.add(story(2, 100, "Norvik refinery burns"));
  index.add(story(3, 100, "Norvik refinery burns"));
  CHECK(joined(index, 30, "Norvik refinery burns") == 1);
  CHECK(joined(index, 72, "Norvik refinery burns") == 2);
  CHECK(joined(index, 173, "Norvik refinery burns") == 0);
  CHECK(joined(index, -72, "Norvik refinery burns") == 1);
}

TEST_CASE("what is forgotten is joined no more") {
  StoryOptions options;
  options.max_stories = 3;
  StoryIndex index(options);
  for (int i = 0; i < 5; ++i) {
    index.add(story(i + 1, i, fmt::format("Company{} opens a plant in Town{}", char('A' + i), i)));
  }
  index.forget(at_hour(0));
  CHECK(index.size() == 3);
  CHECK(joined(index, 5, "CompanyB opens a plant in Town1") == 0);
  CHECK(joined(index, 5, "CompanyC opens a plant in Town2") == 3);
  index.forget(at_hour(4));
  CHECK(index.size() == 1);
  CHECK(joined(index, 5, "CompanyC opens a plant in Town2") == 0);
  CHECK(joined(index, 5, "CompanyE opens a plant in Town4") == 5);
}

/// Ten thousand titles out of few words, so that lists are long and most bounds are met.
std::vector<std::string> many_titles() {
  std::vector<std::string> titles;
  for (int i = 0; i < 10'000; ++i) {
    titles.push_back(fmt::format("Kest{} shares fall as {} plant in Mars{} burns {} {}", i % 19,
                                 i % 3 ? "steel" : "paper", i % 23, i % 7 ? "again" : "overnight",
                                 i % 11 ? "workers trapped" : "roads closed"));
  }
  return titles;
}

TEST_CASE("an index that was filled anew decides like one that never stopped") {
  StoryOptions options;
  options.max_stories = 500;
  options.max_postings = 300;
  options.max_candidates = 20;
  StoryIndex lasting(options);
  std::vector<IndexedStory> stored;
  int joins = 0;
  const auto titles = many_titles();
  for (int i = 0; i < 10'000; ++i) {
    // Every seventh title is late.
    const TimePoint at = at_hour(0) + minutes(i) - (i % 7 == 0 ? hours(20) : hours(0));
    const auto signature = story_signature(titles[static_cast<std::size_t>(i)]);
    const TimePoint floor = at_hour(0) + minutes(i) - hours(48);
    lasting.forget(floor);
    const auto match = lasting.best(signature, at, hours(48));
    joins += match.has_value();
    if (i % 250 == 0) {
      StoryIndex anew(options);
      for (const auto& story : stored) {
        if (story.first_at >= floor) anew.add(story);
      }
      anew.forget(floor);
      CHECK(anew.size() == lasting.size());
      const auto again = anew.best(signature, at, hours(48));
      CHECK(again.has_value() == match.has_value());
      if (again && match) CHECK(again->id == match->id);
    }
    if (match) continue;
    stored.push_back({static_cast<std::int64_t>(stored.size()) + 1, at, signature});
    lasting.add(stored.back());
  }
  CHECK(joins > 1000);
  CHECK(stored.size() > 1000);
}

/// The story that a title joins, by the definition: the lists of its words are looked through, the rarest first and
/// each from its newest story on, until `max_postings` have been seen; of the stories that share enough words, those
/// that share most are compared, of equals the newest.
std::optional<StoryIndex::Match> best_by_definition(const std::vector<IndexedStory>& live, const IndexedStory& title,
                                                    const StoryOptions& options) {
  const auto words_of = [](const StorySignature& signature) {
    std::set<std::uint16_t> words;
    for (const std::uint16_t word : signature.all()) {
      if (StorySignature::class_of(word) <= StorySignature::Class::name) words.insert(StorySignature::payload_of(word));
    }
    return words;
  };
  std::vector<std::pair<std::vector<std::size_t>, std::uint16_t>> lists;
  for (const std::uint16_t word : words_of(title.signature)) {
    std::vector<std::size_t> places;
    for (std::size_t place = live.size(); place-- > 0;) {
      if (words_of(live[place].signature).contains(word)) places.push_back(place);
    }
    lists.emplace_back(places, word);
  }
  std::sort(lists.begin(), lists.end(), [](const auto& left, const auto& right) {
    return std::pair(left.first.size(), left.second) < std::pair(right.first.size(), right.second);
  });
  std::size_t left = options.max_postings, unread = 0;
  std::map<std::size_t, std::size_t> shared;
  for (const auto& [places, word] : lists) {
    unread += places.size() > left;
    for (std::size_t i = 0; i < places.size() && left > 0; ++i, --left) ++shared[places[i]];
  }
  const auto required = static_cast<std::size_t>(std::ceil(0.4 * static_cast<double>(lists.size())));
  std::vector<std::pair<std::size_t, std::size_t>> candidates;
  for (const auto& [place, words] : shared) {
    if (words + unread >= required) candidates.emplace_back(words, place);
  }
  std::sort(candidates.rbegin(), candidates.rend());
  candidates.resize(std::min(candidates.size(), options.max_candidates));
  std::optional<StoryIndex::Match> best;
  for (const auto& [words, place] : candidates) {
    const auto likeness = same_story(live[place].signature, title.signature, title.first_at - live[place].first_at);
    if (!likeness) continue;
    const StoryIndex::Match match{live[place].id, live[place].first_at, *likeness};
    if (!best || match.is_better_than(*best, title.first_at)) best = match;
  }
  return best;
}

TEST_CASE("the index finds what its definition says, within its bounds and beyond them") {
  StoryOptions options;
  options.max_postings = GENERATE(40u, 250u, 100'000u);
  options.max_candidates = GENERATE(1u, 7u, 64u);
  StoryIndex index(options);
  std::vector<IndexedStory> live;
  const auto titles = many_titles();
  int joins = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const TimePoint floor = at_hour(0) + minutes(i) - hours(2);
    index.forget(floor);
    std::erase_if(live, [&](const IndexedStory& story) { return story.first_at < floor; });
    const IndexedStory title{static_cast<std::int64_t>(i) + 1, at_hour(0) + minutes(i),
                             story_signature(titles[i * 13 % 97])};
    const auto found = index.best(title.signature, title.first_at, kWindow);
    const auto expected = best_by_definition(live, title, options);
    REQUIRE(found.has_value() == expected.has_value());
    if (found) {
      ++joins;
      REQUIRE(found->id == expected->id);
      REQUIRE(found->likeness.score == expected->likeness.score);
      if (i % 3 != 0) continue;  // two alike as well, as where stories were kept apart before
    }
    index.add(title);
    live.push_back(title);
  }
  CHECK(joins > 20);
}

}  // namespace
}  // namespace tapewatch::ingest
