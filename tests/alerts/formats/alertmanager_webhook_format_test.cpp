#include "alerts/formats/alertmanager/alertmanager_webhook_format.hpp"

#include "tests/alerts/formats/told_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
namespace json = boost::json;

TEST_CASE("alertmanager_webhook: version 4, an alert a message, one fingerprint from beginning to end") {
  RenderContext context;
  context.webhook = "legacy";
  context.external_url = "https://tapewatch.example.com";
  const AlertmanagerWebhookFormat format;
  const auto render = [&](const std::string& type) {
    return json::parse(format.render(std::vector{told_body(told_transition(type))}, context));
  };
  const json::value fired = render("alert.firing"), over = render("alert.resolved");
  CHECK(fired.at("version") == "4");
  CHECK(fired.at("status") == "firing");
  CHECK(fired.at("receiver") == "legacy");
  CHECK(fired.at("externalURL").as_string() == std::string_view(context.external_url));
  CHECK(fired.at("groupLabels").at("alertname") == "negative-burst");
  REQUIRE(fired.at("alerts").as_array().size() == 1);
  const json::value& alert = fired.at("alerts").at(0);
  CHECK(alert.at("labels") == fired.at("commonLabels"));
  CHECK(alert.at("endsAt") == "0001-01-01T00:00:00Z");
  CHECK(over.at("status") == "resolved");
  CHECK(over.at("alerts").at(0).at("endsAt") == "2026-01-05T12:20:00.000Z");
  CHECK(over.at("alerts").at(0).at("fingerprint") == alert.at("fingerprint"));
  CHECK(over.at("groupKey") == fired.at("groupKey"));
}
