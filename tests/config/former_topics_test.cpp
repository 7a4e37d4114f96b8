#include "config/former_topics.hpp"

#include "tests/config/config_text.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::config {
namespace {

const FormerTopics kFormer = {{"financials", "earnings"}};

TEST_CASE("Rules, calendars and silences that name a former topic mean the one that holds its texts") {
  auto result = test::parse_text(
      "[[alerts.calendar]]\nname='c'\ndays=['2026-12-25']\ntopic=['financials']\nlearn=false\n"
      "[[alerts.rule]]\nname='r'\ngroup_by=['topic']\nwhere.topic=['financials','earnings','macro']\n"
      "[[alerts.rule]]\nname='s'\ngroup_by=['topic']\ncalendar=['c']\n"
      "[[alerts.silence]]\nmatch={topic=['financials']}\nto='2030-01-01T00:00:00Z'\nby='me'\ncomment='c'\n");
  REQUIRE(result.errors.empty());
  rename_topics(result.config, kFormer);
  CHECK(result.config.rules[0].where.topic == std::vector<std::string>{"earnings", "macro"});
  CHECK(result.config.rules[1].calendar_entries.at(0).topic == std::vector<std::string>{"earnings"});
  CHECK(result.config.silences.at(0).match.at("topic") == std::vector<std::string>{"earnings"});
}

TEST_CASE("A former topic is a warning with its place, no error") {
  const auto result = test::parse_text("[[alerts.rule]]\nname='r'\nwhere.topic=['financials','macro']\n");
  REQUIRE(result.errors.empty());
  const KnownIds known{.topics = {"earnings", "macro"}, .former_topics = kFormer};
  CHECK(check_references(result.references, known).empty());
  const auto warnings = former_topic_warnings(result.references, kFormer);
  REQUIRE(warnings.size() == 1);
  CHECK(to_string(warnings[0]).starts_with("t.toml:3:14: warning: the topic 'financials' is part of 'earnings'"));
}

}  // namespace
}  // namespace tapewatch::config
