#include "ingest/story/story_key.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("tellings of one story share a key") {
  const std::string key = story_key("Acme Corp. shares fall 5% after U.S. raid");
  CHECK(key.size() == 32);
  for (const char* title :
       {"ACME CORP SHARES FALL 5% AFTER US RAID", "Acme Corp. shares fall 5% after U.S. raid - Reuters",
        "Acme Corp. shares fall 5% after U.S. raid | Financial Times", "“Acme Corp.” shares fall 5% after U.S. raid!",
        "Acme Corp. shares fall 5% after U.S. raid https://t.co/abc",
        "  Acme\u00A0Corp. shares fall 5% after U.S. raid",
        "Ａcme Corp. shares fall 5% after U.S. raid – marketwatch.com"}) {
    INFO(title);
    CHECK(story_key(title) == key);
  }
}

TEST_CASE("different stories do not") {
  const std::set<std::string> keys = {story_key("Acme profit up 1.5%"),
                                      story_key("Acme profit up 15%"),
                                      story_key("Acme profit up -15%"),
                                      story_key("Acme sells unit"),
                                      story_key("Fed decision - Rates Up"),
                                      story_key("Fed decision - Rates Down"),
                                      story_key("Acme plunges on the open - traders cite fears"),
                                      story_key("Acme plunges on the open"),
                                      story_key("..."),
                                      story_key("!!!"),
                                      story_key(""),
                                      story_key("株価が下落")};
  CHECK(keys.size() == 12);
  CHECK(story_key("Acme profit 1,500 crore") == story_key("Acme profit 1500 crore"));
}

}  // namespace
}  // namespace tapewatch::ingest
