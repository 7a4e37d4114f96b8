#include "alerts/formats/digest_message.hpp"

#include "alerts/formats/message_format.hpp"
#include "tests/alerts/formats/told_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
namespace json = boost::json;

namespace {

Digest digest(std::size_t alerts) {
  Digest out{"own-name-breaking", kMonday, kMonday + std::chrono::hours{24}, {}};
  for (std::size_t i = 0; i < alerts; ++i) {
    const std::string number = std::to_string(i);
    out.alerts.push_back({"alert" + number,
                          "critical",
                          "Halden <" + number + ">: 14 negative stories",
                          {{"entity", "halden"}},
                          kMonday + std::chrono::hours{1},
                          {}});
  }
  if (alerts > 0) out.alerts[0].ended_at = kMonday + std::chrono::hours{2};
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("digest: the rule, the period and each alert with its link") {
  const json::value body = json::parse(digest_body(digest(2), kTold, kMonday + std::chrono::hours{25}));
  CHECK(body.at("type") == "digest");
  const json::value& data = body.at("data");
  CHECK(data.at("rule") == "own-name-breaking");
  CHECK(data.at("summary") == "own-name-breaking: 2 more alerts in 24 hours, beyond its max_alerts");
  CHECK(data.at("period").at("from") == "2026-01-05T00:00:00.000Z");
  CHECK(data.at("period").at("to") == "2026-01-06T00:00:00.000Z");
  CHECK(data.at("count") == 2);
  CHECK(data.at("omitted") == 0);
  const json::value& first = data.at("alerts").at(0);
  CHECK(first.at("id") == "alert0");
  CHECK(first.at("key").at("entity") == "halden");
  CHECK(first.at("severity") == "critical");
  CHECK(first.at("started_at") == "2026-01-05T01:00:00.000Z");
  CHECK(first.at("ended_at") == "2026-01-05T02:00:00.000Z");
  CHECK(data.at("alerts").at(1).at("ended_at").is_null());
  CHECK(first.at("url").is_string());
  CHECK(json::parse(digest_body(digest(1), {}, kMonday)).at("data").at("alerts").at(0).at("url").is_null());
}

TEST_CASE("digest: stays below the limit, and counts what it leaves out") {
  const std::string body = digest_body(digest(500), kTold, kMonday);
  CHECK(body.size() < kMaxWebhookBytes);
  const json::value data = json::parse(body).at("data");
  CHECK(data.at("count") == 500);
  const auto shown = data.at("alerts").as_array().size();
  CHECK(shown > 20);
  CHECK(data.at("omitted").to_number<std::size_t>() == 500 - shown);
}

TEST_CASE("digest: slack and teams list its alerts, their characters escaped; a pager has no use for it") {
  const std::string body = digest_body(digest(2), kTold, kMonday);
  const std::string slack = message_format("slack").render(std::vector{body}, {});
  CHECK(has(slack, "2 more alerts in 24 hours"));
  CHECK(has(slack, "|Halden &lt;0&gt;: 14 negative stories>"));
  CHECK(has(slack, "— still firing"));
  CHECK_FALSE(has(slack, "enable it again"));
  const std::string teams = message_format("teams").render(std::vector{body}, {});
  CHECK(has(teams, "Halden <1>: 14 negative stories"));
  CHECK(has(teams, "— still firing"));
  CHECK(message_format("tapewatch").render(std::vector{body}, {}) == body);
  for (const auto name : {"tapewatch", "slack", "teams"}) CHECK(message_format(name).takes("digest"));
  for (const auto name : {"pagerduty", "alertmanager", "alertmanager_webhook"}) {
    CHECK_FALSE(message_format(name).takes("digest"));
  }
}

TEST_CASE("digest: a long one keeps within what slack and teams take") {
  const std::string body = digest_body(digest(500), kTold, kMonday);
  const json::value slack = json::parse(message_format("slack").render(std::vector{body}, {}));
  const auto& section = slack.at("attachments").at(0).at("blocks").at(0).at("text").at("text").as_string();
  CHECK(section.size() <= 3'000);
  CHECK(has(std::string(section), " more"));
  const std::string teams = message_format("teams").render(std::vector(4, body), {});
  CHECK(teams.size() < 28'000);
  CHECK(has(teams, " more"));
}
