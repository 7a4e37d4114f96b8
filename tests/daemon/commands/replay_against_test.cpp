// What the two configurations of `replay --against` may differ in.
#include "daemon/commands/replay_against.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;

namespace {

const std::string kHead = "[daemon]\ndata_dir = '.'\n[ingest.entities]\nwatchlist = 'w.csv'\n";

struct Bench {
  Bench() {
    folder.write("w.csv", "id,name\nhalden,Halden Bank\n");
    loaded = config::load(folder.write("new.toml", kHead + "[[alerts.rule]]\nname = 'new'\n"));
    parts = load_parts(loaded);
  }
  OldRules old(const std::string& text) { return load_old_rules(folder.write("old.toml", text), loaded.config, parts); }

  tests::ScratchFolder folder;
  config::LoadResult loaded;
  LoadedParts parts;
};

}  // namespace

TEST_CASE(
    "against: the old rules are read; sources, webhooks and retention may differ, and so may the watch list's name") {
  Bench bench;
  REQUIRE(bench.loaded.ok());
  bench.folder.write("copy.csv", "id,name\nhalden,Halden Bank\n");
  const auto old = bench.old(
      "[daemon]\ndata_dir = '.'\nlisten = ['127.0.0.1:1']\n[ingest.entities]\nwatchlist = 'copy.csv'\n"
      "[storage]\nretention = { documents = '30d' }\n[[ingest.feed]]\nname = 'fed'\nurl = 'https://feed.example/'\n"
      "[[alerts.rule]]\nname = 'old'\nmin_stories = 9\n[[alerts.webhook]]\nname = 'w'\nurl = 'http://x.example/'\n");
  for (const auto& error : old.errors) INFO(config::to_string(error));
  CHECK(old.errors.empty());
  REQUIRE(old.rules.size() == 1);
  CHECK(old.rules[0].name == "old");
  CHECK(old.rules[0].min_stories == 9);
}

TEST_CASE("against: errors of the old configuration carry its name and place") {
  Bench bench;
  const auto old = bench.old(kHead + "[[alerts.rule]]\nname = 'old'\nmin_storys = 9\nwhere = { entity = ['halde'] }\n");
  REQUIRE(old.errors.size() == 2);
  CHECK(config::to_string(old.errors[0]).find("old.toml:7:1: unknown key 'alerts.rule[1].min_storys'") !=
        std::string::npos);
  CHECK(config::to_string(old.errors[1]).find("old.toml:8:") != std::string::npos);
}

TEST_CASE("against: what would make other rows of the same documents is refused by name, all of it at once") {
  Bench bench;
  bench.folder.write("other.csv", "id,name\nhalden,Halden\n");
  bench.folder.write("rules.tsv", "phrase\tclass\tweight\nplunges\tnegative\t1\n");
  const auto old = bench.old(
      "[daemon]\ndata_dir = '.'\n[model]\nlanguages = []\nabstain_below = 0.5\nmax_windows = 2\n"
      "rules = { file = 'rules.tsv' }\n[ingest.entities]\nwatchlist = 'other.csv'\n"
      "[ingest.limits]\nmax_title_bytes = '1KiB'\nmax_body_bytes = '1KiB'\n[storage]\nstory_window = '24h'\n");
  std::string all;
  for (const auto& error : old.errors) all += config::to_string(error) + "\n";
  CAPTURE(all);
  CHECK(old.errors.size() == 8);
  for (const char* key :
       {":7:1: model.rules: ", ":4:1: model.languages: ", ":5:1: model.abstain_below: ", ":6:1: model.max_windows: ",
        ":9:1: ingest.entities.watchlist: ", ":11:1: ingest.limits.max_title_bytes: ",
        ":12:1: ingest.limits.max_body_bytes: ", ":14:1: storage.story_window: "}) {
    CAPTURE(key);
    CHECK(all.find(std::string("old.toml") + key) != std::string::npos);
  }
  CHECK(all.find("new.toml; --against compares rules over rows that are scored once") != std::string::npos);
}

TEST_CASE("against: another model is refused by name") {
  Bench bench;
  const auto old = bench.old(kHead + "[model]\npath = 'nothing-here'\n");
  REQUIRE(old.errors.size() == 1);
  CHECK(config::to_string(old.errors[0]).find("old.toml:6:1: model.path: ") != std::string::npos);
}
