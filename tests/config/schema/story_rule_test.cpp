// Which stories a rule of the measure `story` tells of, as it is written: min_gravity, events, min_negative.
#include "config/toml/load.hpp"
#include "config/toml/same_value.hpp"
#include "tests/config/config_text.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace tapewatch::config;
using namespace tapewatch::config::test;
using alerts::Gravity;
using Texts = std::vector<std::string>;

namespace {

std::string story_text(std::string_view keys) {
  return "[[alerts.rule]]\nname='r'\nmeasure='story'\n" + std::string(keys);
}

alerts::RuleOptions story_rule(std::string_view keys) {
  const auto loaded = parse_text(story_text(keys));
  REQUIRE(loaded.errors.empty());
  return loaded.config.rules.at(0);
}

}  // namespace

TEST_CASE("a story rule that says nothing is about grave stories") {
  const auto usual = story_rule("");
  CHECK(usual.min_gravity == Gravity::grave);
  CHECK(usual.usual_gravity);
  CHECK_FALSE(usual.min_negative);
  const auto given = story_rule("min_gravity='grave'");
  CHECK(given.min_gravity == Gravity::grave);
  CHECK_FALSE(given.usual_gravity);
  const auto empty = story_rule("events=[]");
  CHECK(empty.usual_gravity);
  CHECK_FALSE(parse_text("[[alerts.rule]]\nname='r'").config.rules.at(0).min_gravity);
}

TEST_CASE("a story rule goes by what it gives alone") {
  const auto by_sentiment = story_rule("min_negative=0.9");
  CHECK(by_sentiment.min_negative == 0.9);
  CHECK_FALSE(by_sentiment.min_gravity);
  const auto by_event = story_rule("events=['insolvency','fraud']");
  CHECK(by_event.events == Texts{"insolvency", "fraud"});
  CHECK_FALSE(by_event.min_gravity);
  CHECK_FALSE(by_event.min_negative);
  const auto all = story_rule("min_gravity='minor'\nevents=['recall']\nmin_negative=0.5");
  CHECK(all.min_gravity == Gravity::minor);
  CHECK(all.events == Texts{"recall"});
  CHECK(all.min_negative == 0.5);
  CHECK(story_rule("min_gravity='serious'").min_gravity == Gravity::serious);
}

TEST_CASE("what is wrong with which stories a rule tells of is said at its place") {
  CHECK(errors_of(story_text("min_gravity='serius'")) ==
        Texts{"t.toml:4:13: alerts.rule[1].min_gravity: 'serius' is not one of: minor, serious, grave (did you mean "
              "'serious'?)"});
  CHECK(errors_of(story_text("min_gravity='none'")).at(0).starts_with("t.toml:4:13: alerts.rule[1].min_gravity: "));
  CHECK(errors_of(story_text("min_gravity=2")).size() == 1);
  CHECK(errors_of(story_text("events='fraud'")).size() == 1);
  CHECK(errors_of(story_text("events=['fraud','']")) ==
        Texts{"t.toml:4:17: alerts.rule[1].events[2]: must not be empty"});
  CHECK(errors_of(story_text("events=['fraud','fraud']")) ==
        Texts{"t.toml:1:1: alerts.rule[1]: events names \"fraud\" twice"});
  for (const char* key : {"min_gravity='grave'", "events=['fraud']", "min_negative=0.9"}) {
    INFO(key);
    const auto errors = errors_of("[[alerts.rule]]\nname='r'\n" + std::string(key));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].ends_with("means nothing to the measure negative_stories; leave it out"));
  }
}

TEST_CASE("a risk event that the model does not tell is refused at its place") {
  const auto loaded = parse_text(story_text("events=['insolvency','fruad']"));
  REQUIRE(loaded.errors.empty());
  const auto errors = check_references(loaded.references, {.events = {"insolvency", "fraud"}});
  REQUIRE(errors.size() == 1);
  CHECK(to_string(errors[0]) == "t.toml:4:22: the risk event 'fruad' is not in the model (did you mean 'fraud'?)");
  CHECK(check_references(loaded.references, {}).size() == 2);  // a model that tells none
}

TEST_CASE("a gravity that is given is not the same as the usual one, which not every model can tell") {
  const auto same = [](std::string_view a, std::string_view b, const char* key) {
    const std::string path = std::string("alerts.rule[1].") + key;
    return same_value(parse_text(story_text(a)).config, path, parse_text(story_text(b)).config, path);
  };
  CHECK(same("", "", "min_gravity"));
  CHECK(same("min_gravity='grave'", "min_gravity='grave'", "min_gravity"));
  CHECK_FALSE(same("", "min_gravity='grave'", "min_gravity"));
  CHECK_FALSE(same("min_gravity='minor'", "min_gravity='grave'", "min_gravity"));
  CHECK(same("", "events=[]", "events"));
  CHECK_FALSE(same("", "events=['fraud']", "events"));
  CHECK_FALSE(same("", "min_negative=0.95", "min_negative"));
}
