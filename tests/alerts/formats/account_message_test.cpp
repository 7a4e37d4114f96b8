#include "alerts/formats/account_message.hpp"

#include <boost/json.hpp>

#include "alerts/formats/message_format.hpp"
#include "tests/alerts/formats/told_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
namespace json = boost::json;

namespace {

const std::vector<RuleAccount> kRules = {{"negative-burst", 1.0, 3, 2, 1, 0, 0},
                                         {"breaking", std::nullopt, 1, 0, 0, 0, 1}};

std::string body_of(const std::vector<RuleAccount>& rules) {
  return account_body(rules, kMonday + 8h, kMonday + 7 * 24h + 8h, kTold, kMonday + 7 * 24h + 8h + 5s);
}

}  // namespace

TEST_CASE("an account says what each rule promised, spent, and what that was worth") {
  const json::value body = json::parse(body_of(kRules));
  CHECK(body.at("type") == "account");
  CHECK(body.at("timestamp") == "2026-01-12T08:00:05.000Z");
  const json::value& data = body.at("data");
  CHECK(data.at("from") == "2026-01-05T08:00:00.000Z");
  CHECK(data.at("to") == "2026-01-12T08:00:00.000Z");
  CHECK(data.at("summary") ==
        "Alerts of the week to 2026-01-12: 4 alerts, 1 promised; 2 useful, 1 noise, 1 without a verdict");
  CHECK(data.at("rules").at(0).at("summary") == "negative-burst: 3 alerts, 1 promised; 2 useful, 1 noise");
  CHECK(data.at("rules").at(0).at("promised").to_number<double>() == 1.0);
  CHECK(data.at("rules").at(1).at("summary") == "breaking: 1 alert; 1 without a verdict");
  CHECK(data.at("rules").at(1).at("promised").is_null());
  CHECK(data.at("left_out") == 0);
}

TEST_CASE("an account of very many rules fits, and says how many it leaves out") {
  const std::vector<RuleAccount> rules(1'000, {std::string(200, 'r'), 1.0, 0, 0, 0, 0, 0});
  const std::string text = body_of(rules);
  CHECK(text.size() < kMaxWebhookBytes);
  const json::value body = json::parse(text);
  const auto shown = body.at("data").at("rules").as_array().size();
  CHECK(shown > 20);
  CHECK(body.at("data").at("left_out").to_number<std::size_t>() == rules.size() - shown);
}

TEST_CASE("slack and teams show an account as text; what knows alerts only does not take it") {
  const std::vector<std::string> bodies = {body_of(kRules)};
  for (const char* format : {"slack", "teams"}) {
    CAPTURE(format);
    CHECK(message_format(format).takes("account"));
    const std::string text = message_format(format).render(bodies, {});
    CHECK(text.find("Alerts of the week to 2026-01-12") != std::string::npos);
    CHECK(text.find("• negative-burst: 3 alerts, 1 promised; 2 useful, 1 noise") != std::string::npos);
    CHECK(text.find("enable it again") == std::string::npos);
  }
  CHECK(message_format("tapewatch").render(bodies, {}) == bodies[0]);
  for (const char* format : {"pagerduty", "alertmanager", "alertmanager_webhook"}) {
    CHECK_FALSE(message_format(format).takes("account"));
  }
}

TEST_CASE("a webhook may ask for every event, and for none that there is not") {
  WebhookOptions webhook;
  webhook.name = "desk";
  webhook.url = "https://alerts.example.com/hook";
  webhook.events = {"firing", "updated", "resolved", "acknowledged", "account"};
  CHECK_FALSE(validate(webhook));
  webhook.events = {"accounts"};
  CHECK(validate(webhook) == R"(events takes firing, updated, resolved, acknowledged and account, not "accounts")");
}

TEST_CASE("a webhook that would be told of nothing is refused") {
  for (const auto format : kFormats) {
    CAPTURE(format);
    WebhookOptions webhook;
    webhook.name = "desk";
    webhook.url = "https://alerts.example.com/hook";
    webhook.format = format;
    if (format == "pagerduty") webhook.routing_key = "k";
    for (const std::string event : {"firing", "updated", "resolved", "account"}) {
      webhook.events = {event};
      CHECK(validate(webhook).has_value() != message_format(format).takes(event));
    }
    webhook.events = {"updated", "resolved"};
    CHECK_FALSE(validate(webhook));
  }
}
