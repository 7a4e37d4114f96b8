#include "alerts/detector/recent_stories.hpp"

#include <algorithm>

#include "alerts/detector/blob.hpp"
#include "alerts/formats/alert_text.hpp"
#include "config/notation/json_writer.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::alerts {
namespace {

Observation told(const std::string& title, bool turned = false) {
  Observation row;
  row.title = title;
  row.source = "wire";
  row.turned = turned;
  return row;
}

Vote vote(double sentiment, Risk risk = {}) { return {true, sentiment, std::move(risk)}; }

std::string saved(const RecentStories& stories, std::uint32_t slot) {
  BlobWriter out;
  stories.save(slot, out);
  return out.take();
}

RecentStories loaded(const std::string& blob) {
  RecentStories stories;
  BlobReader in(blob);
  stories.load(0, in);
  in.finish();
  return stories;
}

std::string text_of(const TopStory& story) {
  notation::JsonWriter json;
  append_story(json, story);
  return json.take();
}

TEST_CASE("a story that a correction turned is marked in the evidence, after a restart too") {
  RecentStories stories;
  stories.add(1, 10, told("Ferrant Air profit falls"), vote(-0.9), INT64_MAX, {});
  stories.add(2, 11, told("Lumenor cuts outlook"), vote(-0.8), INT64_MAX, {});
  stories.repeat(1, told("Ferrant Air profit falls"), {});
  stories.repeat(1, told("Ferrant Air profit rises", true), {});
  stories.repeat(1, told("Ferrant Air profit falls"), {});
  stories.repeat(2, told("Lumenor cuts outlook"), {});
  stories.repeat(3, told("Dolvane", true), {});  // given up, or never negative

  RecentStories restored;
  for (const std::uint32_t slot : stories.take_changed()) {
    const std::string blob = saved(stories, slot);
    BlobReader in(blob);
    restored.load(slot, in);
  }
  for (const RecentStories* each : {&stories, &restored}) {
    const auto top = each->top(0, 20);
    REQUIRE(top.size() == 2);
    CHECK(top[0].documents == 4);
    CHECK(top[0].turned);
    CHECK(text_of(top[0]).ends_with(R"("documents":4,"turned":true,"event":null,"gravity":null})"));
    CHECK(top[1].documents == 2);
    CHECK_FALSE(top[1].turned);
    CHECK(text_of(top[1]).ends_with(R"("documents":2,"event":null,"gravity":null})"));
  }
}

TEST_CASE("the sources of stories are counted, each once, also out of a state of an earlier version") {
  const auto from = [](const std::string& source) {
    Observation row = told("Ferrant Air profit falls");
    row.source = source;
    return row;
  };
  RecentStories stories;
  stories.add(1, 10, from("a"), vote(-0.9), INT64_MAX, {});
  for (const char* source : {"a", "b", "c", "b"}) stories.repeat(1, from(source), {});
  stories.add(2, 30, from("d"), vote(-0.9), INT64_MAX, {});
  CHECK(stories.sources(0, 20).size() == 3);
  CHECK(stories.sources(0, 40).size() == 4);
  CHECK(stories.sources(15, 20).empty());

  std::string blob = saved(stories, 0);
  CHECK(loaded(blob).sources(0, 20).size() == 3);

  blob.resize(blob.size() - 4 * 4);  // how many, and three of them
  blob.back() = static_cast<char>(blob.back() & ~0x20);
  const RecentStories old = loaded(blob);
  CHECK(old.sources(0, 20).size() == 1);
  CHECK(old.top(0, 20).at(0).documents == 5);
}

TEST_CASE("a story shows what its first document tells of, after a restart too") {
  RecentStories stories;
  stories.add(1, 10, told("Ferrant Air files for protection"), vote(-0.9, {"insolvency", Gravity::grave}), INT64_MAX,
              {});
  stories.repeat(1, told("Ferrant Air cuts outlook"), {});
  const RecentStories restored = loaded(saved(stories, 0));
  for (const RecentStories* each : {&std::as_const(stories), &restored}) {
    const TopStory top = each->top(0, 20).at(0);
    CHECK(top.event == "insolvency");
    CHECK(top.gravity == Gravity::grave);
    CHECK(top.documents == 2);
    CHECK(text_of(top).ends_with(R"("documents":2,"event":"insolvency","gravity":"grave"})"));
  }
}

TEST_CASE("an heir shows what it tells of itself") {
  RecentStories stories;
  stories.add(1, 10, told("Ferrant Air files for protection"), vote(-0.9, {"insolvency", Gravity::grave}), INT64_MAX,
              {});
  const Observation heir = told("Ferrant Air recalls engines");
  stories.pass(1, {heir, vote(-0.7, {"recall", Gravity::serious}), false}, {});
  const TopStory top = stories.top(INT64_MIN, INT64_MAX).at(0);
  CHECK(top.title == heir.title);
  CHECK(top.event == "recall");
  CHECK(top.gravity == Gravity::serious);
  CHECK(top.sentiment == -0.7);
}

TEST_CASE("a story of a state from before there were risk events tells of none, and one without any is as it was") {
  RecentStories stories;
  stories.add(1, 10, told("Ferrant Air files for protection"), vote(-0.9, {"insolvency", Gravity::grave}), INT64_MAX,
              {});
  std::string blob = saved(stories, 0);
  RecentStories plain;
  plain.add(1, 10, told("Ferrant Air files for protection"), vote(-0.9), INT64_MAX, {});
  const std::string before = saved(plain, 0);
  REQUIRE(blob.size() == before.size() + 4 + std::string("insolvency").size() + 1);
  const TopStory old = loaded(before).top(0, 20).at(0);
  CHECK(old.event.empty());
  CHECK(old.gravity == Gravity::none);
  CHECK(old.documents == 1);

  blob.back() = 4;
  CHECK_THROWS_AS(loaded(blob), DetectorStateError);
}

TEST_CASE("stories from before a minute are given up, and the slots of the others have no gaps") {
  RecentStories stories;
  for (int i = 0; i < 12; ++i) {
    stories.add(i, i % 3 == 0 ? 5 : 20, told("story " + std::to_string(i)), vote(-0.9), INT64_MAX, {});
  }
  (void)stories.take_changed();
  stories.forget(10);
  std::vector<std::uint32_t> slots = stories.slots();
  std::sort(slots.begin(), slots.end());
  CHECK(slots == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(stories.sources(0, 10).empty());

  RecentStories restored;  // of what is stored beside what was
  std::vector<std::uint32_t> gone;
  for (const std::uint32_t slot : stories.take_changed()) {
    if (!stories.has(slot)) gone.push_back(slot);
  }
  CHECK(gone == std::vector<std::uint32_t>{8, 9, 10, 11});
  for (const std::uint32_t slot : slots) {
    const std::string blob = saved(stories, slot);
    BlobReader in(blob);
    restored.load(slot, in);
  }
  CHECK(restored.top(0, 30).at(0).title == stories.top(0, 30).at(0).title);
  stories.forget(10);
  CHECK_FALSE(stories.changed());
}

TEST_CASE("a set of sources is the same however it was filled") {
  SourceSet one, several, both;
  one.add("wire");
  one.add("wire");
  CHECK(one.size() == 1);
  several.add("agency");
  several.add(one);
  both.add("wire");
  both.add("agency");
  CHECK(several.size() == 2);
  BlobWriter first, second;
  several.save(first);
  both.save(second);
  const std::string blob = first.take();
  CHECK(blob == second.take());
  BlobReader in(blob);
  one.load(in);
  CHECK(one.size() == 2);
}

TEST_CASE("a set of sources has a bound") {
  SourceSet sources;
  for (int i = 0; i < 1000; ++i) sources.add("wire-" + std::to_string(i));
  CHECK(sources.size() == SourceSet::kMost);
}

}  // namespace
}  // namespace tapewatch::alerts
