#include "alerts/formats/acknowledged_message.hpp"

#include <boost/json.hpp>

#include "alerts/formats/message_format.hpp"
#include "tests/alerts/formats/told_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
namespace json = boost::json;

namespace {

AcknowledgedAlert acknowledged() {
  AcknowledgedAlert alert;
  alert.id = "0123456789abcdef01234567";
  alert.sequence = 2;
  alert.state = "firing";
  alert.rule = "negative-burst";
  alert.severity = "critical";
  alert.key = {{"topic", "financials"}};
  alert.labels = {{"team", "media-risk"}};
  alert.measure = "negative_stories";
  alert.evidence_json =
      R"({"summary":"Financials: 14 negative stories","observed":14,"expected":2.1,"interval":[0,6],"top_stories":[]})";
  alert.started_at = kMonday;
  alert.updated_at = kMonday + std::chrono::minutes{20};
  alert.at = kMonday + std::chrono::hours{1};
  alert.by = "Ana";
  alert.comment = "on it";
  alert.verdict = "useful";
  return alert;
}

WebhookOptions webhook(const std::string& format, std::vector<std::string> events) {
  WebhookOptions one;
  one.name = "desk";
  one.url = "https://x/";
  one.format = format;
  one.events = std::move(events);
  return one;
}

}  // namespace

TEST_CASE("the message of an acknowledgement has the alert, who it was and the verdict") {
  const json::value body = json::parse(acknowledged_body(acknowledged(), kTold));
  CHECK(body.at("type") == "alert.acknowledged");
  CHECK(body.at("timestamp") == "2026-01-05T01:00:00.000Z");
  const json::object& data = body.at("data").as_object();
  CHECK(data.at("id") == "0123456789abcdef01234567");
  CHECK(data.at("state") == "firing");
  CHECK(data.at("summary") == "Financials: 14 negative stories");
  CHECK(data.at("key").at("topic") == "financials");
  CHECK(data.at("observed") == 14);
  CHECK(data.at("top_stories").is_array());
  CHECK(data.at("ended_at").is_null());
  CHECK(data.at("acknowledgement") ==
        json::parse(R"({"at":"2026-01-05T01:00:00.000Z","by":"Ana","comment":"on it","verdict":"useful"})"));
  CHECK(data.at("alert_url") == "https://tapewatch.example.com/alerts/0123456789abcdef01234567");
  CHECK(data.at("silence_url") == "https://tapewatch.example.com/#silence-0123456789abcdef01234567");

  AcknowledgedAlert open = acknowledged();
  open.verdict.reset();
  CHECK(json::parse(acknowledged_body(open, {})).at("data").at("acknowledgement").at("verdict").is_null());
  CHECK(json::parse(acknowledged_body(open, {})).at("data").at("alert_url").is_null());
}

TEST_CASE("whatever an alert's labels are, the message of its acknowledgement is short enough") {
  AcknowledgedAlert alert = acknowledged();
  alert.labels["long"] = std::string(4'000, '\x01');
  alert.comment = std::string(2'000, '\n');
  alert.evidence_json = R"({"summary":")" + std::string(3'000, 'x') + R"("})";
  const std::string body = acknowledged_body(alert, kTold);
  CHECK(body.size() < kMaxWebhookBytes);
  CHECK(json::parse(body).at("data").at("acknowledgement").at("comment").as_string().size() == 2'000);
  alert.evidence_json = "no JSON";
  CHECK(json::parse(acknowledged_body(alert, kTold)).at("data").at("summary") == "");
}

TEST_CASE("PagerDuty's incident is acknowledged by the alert's id") {
  const std::vector<std::string> bodies = {acknowledged_body(acknowledged(), kTold)};
  RenderContext context;
  context.routing_key = "R1";
  CHECK(json::parse(message_format("pagerduty").render(bodies, context)) ==
        json::parse(R"({"routing_key":"R1","event_action":"acknowledge","dedup_key":"0123456789abcdef01234567"})"));
}

TEST_CASE("PagerDuty hears of acknowledgements of what it was told and still fires, others where events lists them") {
  AcknowledgedAlert alert = acknowledged();
  const WebhookOptions pager = webhook("pagerduty", {"firing"});
  CHECK(wants_acknowledgement(pager, alert, true));
  CHECK_FALSE(wants_acknowledgement(pager, alert, false));
  alert.state = "resolved";
  CHECK_FALSE(wants_acknowledgement(pager, alert, true));

  const WebhookOptions both = webhook("tapewatch", {"firing", "acknowledged"});
  CHECK(wants_acknowledgement(both, alert, true));
  CHECK_FALSE(wants_acknowledgement(both, alert, false));
  CHECK_FALSE(wants_acknowledgement(webhook("tapewatch", {"firing", "updated", "resolved"}), alert, true));

  WebhookOptions only = webhook("tapewatch", {"acknowledged"});
  CHECK(wants_acknowledgement(only, alert, false));
  only.match = {{"team", {"media-risk"}}, {"severity", {"critical", "error"}}};
  CHECK(wants_acknowledgement(only, alert, false));
  only.match = {{"team", {"other"}}};
  CHECK_FALSE(wants_acknowledgement(only, alert, false));
}

TEST_CASE("a format without words for acknowledgements is refused by name") {
  for (const auto format : kFormats) {
    CAPTURE(format);
    WebhookOptions one = webhook(std::string(format), {"firing", "acknowledged"});
    if (format == "pagerduty") one.routing_key = "k";
    const auto wrong = validate(one);
    CHECK(wrong.has_value() == (format != "tapewatch" && format != "pagerduty"));
    if (wrong) {
      CHECK(*wrong == "events: the format " + std::string(format) + " has no words for acknowledged; leave it out");
    }
  }
}
