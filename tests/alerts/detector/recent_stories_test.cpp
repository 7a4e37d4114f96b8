#include "alerts/detector/recent_stories.hpp"

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

std::string text_of(const TopStory& story) {
  notation::JsonWriter json;
  append_story(json, story);
  return json.take();
}

TEST_CASE("a story that a correction turned is marked in the evidence, after a restart too") {
  RecentStories stories;
  stories.add(1, 10, told("Ferrant Air profit falls"), -0.9, INT64_MAX, {});
  stories.add(2, 11, told("Lumenor cuts outlook"), -0.8, INT64_MAX, {});
  stories.repeat(1, told("Ferrant Air profit falls"), {});
  stories.repeat(1, told("Ferrant Air profit rises", true), {});
  stories.repeat(1, told("Ferrant Air profit falls"), {});
  stories.repeat(2, told("Lumenor cuts outlook"), {});
  stories.repeat(3, told("Dolvane", true), {});  // given up, or never negative

  RecentStories restored;
  for (const std::uint32_t slot : stories.take_changed()) {
    BlobWriter out;
    stories.save(slot, out);
    const std::string blob = out.take();
    BlobReader in(blob);
    restored.load(slot, in);
  }
  for (const RecentStories* each : {&stories, &restored}) {
    const auto top = each->top(0, 20);
    REQUIRE(top.size() == 2);
    CHECK(top[0].documents == 4);
    CHECK(top[0].turned);
    CHECK(text_of(top[0]).ends_with(R"("documents":4,"turned":true})"));
    CHECK(top[1].documents == 2);
    CHECK_FALSE(top[1].turned);
    CHECK(text_of(top[1]).ends_with(R"("documents":2})"));
  }
}

TEST_CASE("the sources of stories are counted, each once, also out of a state of an earlier version") {
  const auto from = [](const std::string& source) {
    Observation row = told("Ferrant Air profit falls");
    row.source = source;
    return row;
  };
  RecentStories stories;
  stories.add(1, 10, from("a"), -0.9, INT64_MAX, {});
  for (const char* source : {"a", "b", "c", "b"}) stories.repeat(1, from(source), {});
  stories.add(2, 30, from("d"), -0.9, INT64_MAX, {});
  CHECK(stories.sources(0, 20).size() == 3);
  CHECK(stories.sources(0, 40).size() == 4);
  CHECK(stories.sources(15, 20).empty());

  BlobWriter out;
  stories.save(0, out);
  std::string blob = out.take();
  RecentStories restored;
  BlobReader in(blob);
  restored.load(0, in);
  in.finish();
  CHECK(restored.sources(0, 20).size() == 3);

  blob.resize(blob.size() - 4 * 4);  // how many, and three of them
  blob.back() = static_cast<char>(blob.back() & ~0x20);
  BlobReader before(blob);
  RecentStories old;
  old.load(0, before);
  before.finish();
  CHECK(old.sources(0, 20).size() == 1);
  CHECK(old.top(0, 20).at(0).documents == 5);
}

TEST_CASE("a set of sources has a bound") {
  SourceSet sources;
  for (int i = 0; i < 1000; ++i) sources.add("wire-" + std::to_string(i));
  CHECK(sources.size() == SourceSet::kMost);
}

}  // namespace
}  // namespace tapewatch::alerts
