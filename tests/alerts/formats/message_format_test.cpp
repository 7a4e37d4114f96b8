// Slack, Teams and PagerDuty; the schemas that their vendors document are checked by tests/e2e/alerts/formats_test.py.
#include "alerts/formats/message_format.hpp"

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/service_message.hpp"
#include "tests/alerts/formats/told_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
namespace json = boost::json;

namespace {

json::value rendered(std::string_view format, const std::vector<std::string>& bodies,
                     const RenderContext& context = {}) {
  return json::parse(message_format(format).render(bodies, context));
}

/// Nobody but this machine could fetch a chart from there.
const MessageContext kNoPicture{"http://tapewatch.example.com", "c0ffee"};

std::string text_of(const json::value& value) { return json::serialize(value); }

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("every name of the configuration is a format") {
  for (const auto name : kFormats) {
    CHECK_FALSE(message_format(name).render(std::vector{told_body(told_transition())}, {}).empty());
  }
  CHECK_THROWS_AS(message_format("telex"), std::invalid_argument);
  CHECK(message_format("tapewatch").render(std::vector<std::string>{"as it is"}, {}) == "as it is");
}

TEST_CASE("the picture of an alert goes to receivers that can fetch it, as each of them takes pictures") {
  MessageContext context = kTold;
  context.links = AlertLinks("a key", 24h);
  const std::string body = told_body(told_transition(), context);
  const std::string png = "https://tapewatch.example.com/v1/alerts/" + told_transition().alert_id + "/chart.png" +
                          context.links.query(told_transition().alert_id, kMonday + 13h);
  const json::value slack = rendered("slack", {body});
  REQUIRE(slack.at("attachments").as_array().size() == 2);
  CHECK(slack.at("attachments").at(1).at("image_url").as_string() == png);
  CHECK(rendered("slack", {body, body, body, body, body, body}).at("attachments").as_array().size() == 6);
  CHECK(has(text_of(rendered("teams", {body})), R"({"type":"Image","url":")" + png + "\""));
  const json::value duty = rendered("pagerduty", {body});
  CHECK(duty.at("images").at(0).at("src").as_string() == png);
  CHECK(has(std::string(duty.at("images").at(0).at("href").as_string()), "/alerts/"));

  context.external_url = "http://127.0.0.1:8080";  // nobody else can fetch that
  const std::string local = told_body(told_transition(), context);
  CHECK(rendered("slack", {local}).at("attachments").as_array().size() == 1);
  CHECK_FALSE(rendered("pagerduty", {local}).as_object().contains("images"));
  CHECK_FALSE(has(text_of(rendered("teams", {local})), "Image"));
}

TEST_CASE("every format names the risk event of a story") {
  Transition t = told_transition();
  t.evidence.top_stories[0].event = "insolvency";
  t.evidence.top_stories[0].gravity = Gravity::grave;
  const std::string body = told_body(t, kNoPicture);
  for (const auto name : {"slack", "teams", "pagerduty", "alertmanager", "alertmanager_webhook"}) {
    INFO(name);
    CHECK(has(text_of(rendered(name, {body})), "insolvency, grave"));
  }
  CHECK(has(text_of(rendered("tapewatch", {body})), R"("event":"insolvency","gravity":"grave")"));
}

TEST_CASE("slack: one attachment an alert, its own characters escaped") {
  const json::value one = rendered("slack", {told_body(told_transition(), kNoPicture)});
  CHECK(one.at("text") == "Financials: 14 negative stories in 15 minutes, 2.1 expected");
  const json::array& attachments = one.at("attachments").as_array();
  REQUIRE(attachments.size() == 1);
  CHECK(attachments[0].at("color") == "#b71c1c");
  const std::string section = std::string(attachments[0].at("blocks").at(0).at("text").at("text").as_string());
  CHECK(has(section, "<https://n.example.com/1?a=1&amp;b=2|Bank &lt;b&gt;fails&lt;/b&gt; / *really*>"));
  CHECK(has(section, "— wire (4 documents)"));
  CHECK(has(text_of(attachments[0].at("blocks").at(1)), "rule negative-burst"));
  CHECK(has(text_of(attachments[0].at("blocks").at(1)), "|runbook>"));
  CHECK(has(text_of(attachments[0].at("blocks").at(1)), "/chart.svg|chart>"));

  const json::value several = rendered(
      "slack", {told_body(told_transition(), kNoPicture), told_body(told_transition("alert.resolved"), kNoPicture),
                webhook_disabled_body("desk", "HTTP 410", kTold, kMonday)});
  CHECK(has(std::string(several.at("text").as_string()), "3 alerts: "));
  REQUIRE(several.at("attachments").as_array().size() == 3);
  CHECK(several.at("attachments").at(1).at("color") == "#2e7d32");
  CHECK(has(text_of(several.at("attachments").at(1)), "*Over: Financials"));
  CHECK(has(text_of(several.at("attachments").at(2)), "/v1/webhooks/desk/enable|enable it again>"));
}

TEST_CASE("slack: a section keeps within its 3,000 characters") {
  Transition t = told_transition();
  t.summary = std::string(1'900, 'a');
  t.evidence.top_stories.assign(5, {std::string(290, '<'), "", -0.9, "wire", 1});
  const json::value body = rendered("slack", {told_body(t)});
  CHECK(body.at("attachments").at(0).at("blocks").at(0).at("text").at("text").as_string().size() < 3'000);
}

TEST_CASE("teams: an adaptive card whose text is no markup, below 28 kB") {
  const json::value body = rendered("teams", {told_body(told_transition())});
  const json::value& card = body.at("attachments").at(0).at("content");
  CHECK(body.at("attachments").at(0).at("contentType") == "application/vnd.microsoft.card.adaptive");
  CHECK(card.at("type") == "AdaptiveCard");
  CHECK(card.at("version") == "1.4");
  CHECK(has(text_of(card), "[chart](https://tapewatch.example.com/v1/alerts/"));
  CHECK(has(text_of(card), R"(Bank <b>fails</b> | \\*really\\*](https://n.example.com/1?a=1&b=2))"));

  Transition long_one = told_transition();
  long_one.summary = std::string(1'900, '*');
  long_one.evidence.top_stories.assign(
      5, {std::string(290, '*'), "https://n.example.com/" + std::string(900, 'x'), -1, "w", 1});
  const auto& teams = message_format("teams");
  const std::string text = teams.render(std::vector(teams.most_at_once(), told_body(long_one)), {});
  CHECK(text.size() < 28'000);
  CHECK(json::parse(text).at("attachments").at(0).at("content").at("body").as_array().size() == teams.most_at_once());
}

TEST_CASE("slack and teams: an alert that is told again says for how long it fires") {
  MessageContext again = kTold;
  again.repeat = 2;
  Transition t = told_transition();
  t.updated_at = t.started_at + std::chrono::hours{2};
  for (const auto name : {"slack", "teams"}) {
    CHECK(has(text_of(rendered(name, {told_body(t, again)})), "Still firing after 2 hours: Financials: 14 negative"));
    CHECK_FALSE(has(text_of(rendered(name, {told_body(t)})), "Still firing"));
  }
}

TEST_CASE("slack and teams are told of beginnings and ends") {
  for (const auto name : {"slack", "teams"}) {
    CHECK(message_format(name).takes("firing"));
    CHECK_FALSE(message_format(name).takes("updated"));
    CHECK(message_format(name).takes("resolved"));
    CHECK(message_format(name).most_at_once() > 1);
  }
  CHECK(message_format("tapewatch").most_at_once() == 1);
  CHECK(message_format("pagerduty").takes("updated"));
}

TEST_CASE("pagerduty: trigger while it fires, resolve when it ends, one incident") {
  RenderContext context;
  context.routing_key = "0123456789abcdef0123456789abcdef";
  context.external_url = "https://tapewatch.example.com";
  const json::value fired = rendered("pagerduty", {told_body(told_transition())}, context);
  CHECK(fired.at("routing_key").as_string() == std::string_view(context.routing_key));
  CHECK(fired.at("event_action") == "trigger");
  CHECK(fired.at("dedup_key").as_string() == std::string_view(told_transition().alert_id));
  CHECK(fired.at("payload").at("severity") == "critical");
  CHECK(fired.at("payload").at("source").as_string() == std::string_view(context.external_url));
  CHECK(fired.at("payload").at("custom_details").at("topic") == "financials");
  CHECK(fired.at("links").as_array().size() == 3);
  const json::value over = rendered("pagerduty", {told_body(told_transition("alert.resolved"))}, context);
  CHECK(over.at("event_action") == "resolve");
  CHECK(over.at("dedup_key") == fired.at("dedup_key"));
  Transition long_one = told_transition();
  long_one.summary = std::string(1'900, 'a');
  CHECK(rendered("pagerduty", {told_body(long_one)}).at("payload").at("summary").as_string().size() <= 1'024);
}

TEST_CASE("what a receiver refuses for good is not tried again") {
  CHECK(message_format("slack").refuses_for_good(404));
  CHECK_FALSE(message_format("slack").refuses_for_good(429));
  CHECK_FALSE(message_format("slack").refuses_for_good(500));
  CHECK(message_format("pagerduty").refuses_for_good(400));
  CHECK_FALSE(message_format("tapewatch").refuses_for_good(400));
}

TEST_CASE("a test of a webhook is an incident of PagerDuty's that ends, and a passing alert elsewhere") {
  const json::value begin = rendered("pagerduty", {test_body("desk", false, kTold, kMonday)});
  CHECK(begin.at("event_action") == "trigger");
  CHECK(begin.at("dedup_key") == "test/desk");
  CHECK(begin.at("payload").at("severity") == "info");
  CHECK(begin.at("payload").at("timestamp") != "1970-01-01T00:00:00.000Z");
  const json::value end = rendered("pagerduty", {test_body("desk", true, kTold, kMonday)});
  CHECK(end.at("event_action") == "resolve");
  CHECK(end.at("dedup_key") == begin.at("dedup_key"));
  const json::value alert = rendered("alertmanager", {test_body("desk", false, kTold, kMonday)});
  CHECK(alert.at(0).at("labels").at("alertname") == "tapewatch_test");
  CHECK(has(std::string(rendered("slack", {test_body("desk", false, kTold, kMonday)}).at("text").as_string()),
            "A test of the webhook desk"));
}
