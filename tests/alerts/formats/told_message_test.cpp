#include "alerts/formats/told_message.hpp"

#include "alerts/formats/service_message.hpp"
#include "tests/alerts/formats/told_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
using namespace std::chrono_literals;

TEST_CASE("a message of the outbox is read as it was written") {
  Transition t = told_transition("alert.resolved");
  t.raised_from = "warning";
  t.evidence.top_stories[0].event = "insolvency";
  t.evidence.top_stories[0].gravity = Gravity::grave;
  const ToldMessage message = read_told_message(told_body(t, {kTold.external_url, "c0ffee", true}));
  CHECK(message.type == "alert.resolved");
  CHECK(message.is_alert());
  CHECK(message.is_resolved());
  CHECK(message.missed);
  CHECK(message.timestamp == kMonday + 13h);
  CHECK(message.id == t.alert_id);
  CHECK(message.rule == t.rule);
  CHECK(message.severity == "critical");
  CHECK(message.first_severity() == "warning");
  CHECK(message.labels == t.labels);
  CHECK(message.key == t.key);
  CHECK(message.started_at == t.started_at);
  CHECK(message.ended_at == t.ended_at);
  CHECK(message.story_count == 14);
  CHECK(message.document_count == 41);
  REQUIRE(message.top_stories.size() == 2);
  CHECK(message.top_stories[0].title == t.evidence.top_stories[0].title);
  CHECK(message.top_stories[0].documents == 4);
  CHECK(message.top_stories[0].event == "insolvency");
  CHECK(message.top_stories[0].gravity == Gravity::grave);
  CHECK(message.top_stories[1].url.empty());
  CHECK(message.top_stories[1].event.empty());
  CHECK(message.top_stories[1].gravity == Gravity::none);
  CHECK(message.evidence.at("observed") == "14");
  CHECK(message.evidence.at("interval") == "[0,6]");
  CHECK(message.evidence.at("window") == "15m");
  CHECK(message.alert_url.ends_with(t.alert_id));
  CHECK(message.runbook_url == t.runbook_url);
}

TEST_CASE("a message of an earlier version has stories without risk events") {
  const ToldMessage message = read_told_message(
      R"({"type":"alert.firing","data":{"id":"1","top_stories":[{"title":"A","documents":2},{"gravity":"fatal"}]}})");
  REQUIRE(message.top_stories.size() == 2);
  CHECK(message.top_stories[0].event.empty());
  for (const TopStory& story : message.top_stories) CHECK(story.gravity == Gravity::none);
}

TEST_CASE("a message about a webhook that is off is no alert") {
  const ToldMessage message = read_told_message(webhook_disabled_body("desk", "HTTP 410", kTold, kMonday));
  CHECK_FALSE(message.is_alert());
  CHECK(message.webhook == "desk");
  CHECK(message.enable_url == "https://tapewatch.example.com/v1/webhooks/desk/enable");
}

TEST_CASE("what this program has not written is an error") {
  for (const std::string body : {"", "[]", "{", R"({"type":"alert.firing"})", R"({"data":7})"}) {
    INFO(body);
    CHECK_THROWS_AS(read_told_message(body), ToldMessageError);
  }
}
