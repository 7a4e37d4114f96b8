#include "config/toml/load.hpp"
#include "tests/config/config_text.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace tapewatch::config;
using namespace tapewatch::config::test;

TEST_CASE("a webhook's format: PagerDuty needs its key and no address, the others an address and no key") {
  const std::string webhook = "[[alerts.webhook]]\nname='w'\n";
  for (const char* format : {"tapewatch", "slack", "teams", "alertmanager", "alertmanager_webhook"}) {
    INFO(format);
    const std::string with_format = webhook + "format='" + format + "'\n";
    const auto parsed = parse_text(with_format + "url='https://x/'");
    REQUIRE(parsed.errors.empty());
    CHECK(parsed.config.webhooks.at(0).format == format);
    CHECK(errors_of(with_format).size() == 1);
    const auto errors = errors_of(with_format + "url='https://x/'\nrouting_key='hunter2'");
    REQUIRE(errors.size() == 1);
    CHECK(errors[0] ==
          "t.toml:3:8: alerts.webhook[1]: routing_key, or routing_key_file, belongs to the format pagerduty, which "
          "needs it");
  }
  const auto pager = parse_text(webhook + "format='pagerduty'\nrouting_key='hunter2'");
  REQUIRE(pager.errors.empty());
  CHECK(pager.config.webhooks.at(0).url == "https://events.pagerduty.com/v2/enqueue");
  CHECK(errors_of(webhook + "format='pagerduty'").size() == 1);
  CHECK(parse_text(webhook + "format='pagerduty'\nrouting_key='k'\nurl='https://eu/'").config.webhooks.at(0).url ==
        "https://eu/");
  CHECK(errors_of(webhook + "url='https://x/'\nformat='slak'") ==
        std::vector<std::string>{"t.toml:4:8: alerts.webhook[1].format: 'slak' is not one of: tapewatch, slack, teams, "
                                 "pagerduty, alertmanager, alertmanager_webhook (did you mean 'slack'?)"});
}

TEST_CASE("a fallback and a heartbeat name webhooks that there are, and that have words for them") {
  const std::string desk = "[[alerts.webhook]]\nname = 'desk'\nurl = 'https://a.example.com'\n";
  const auto errors = [&](const std::string& more) { return errors_of(desk + more); };
  CHECK(errors("fallback = 'mial'\n[[alerts.webhook]]\nname = 'mail'\nurl = 'https://b.example.com'\n")[0].find(
            "fallback: there is no webhook 'mial'") != std::string::npos);
  CHECK(errors("fallback = 'desk'\n")[0].find("names the webhook itself") != std::string::npos);
  const auto both = errors("fallback = 'desk'\nreach = 'moon'\nevents = []\n");
  REQUIRE(both.size() == 2);  // whatever else is wrong
  CHECK(both[0].find(":4:12: alerts.webhook[1].fallback: names the webhook itself") != std::string::npos);
  CHECK(both[1].find("alerts.webhook[1].reach") != std::string::npos);
  CHECK(errors("reach = 'moon'\n").size() == 1);
  CHECK(errors("[[alerts.heartbeat]]\nwebhook = 'mail'\n").size() == 1);
  CHECK(errors("[[alerts.heartbeat]]\ninterval = '1h'\n").size() == 1);
  CHECK(errors("format = 'alertmanager'\n[[alerts.heartbeat]]\nwebhook = 'desk'\n")[0].find(
            "has no words for a heartbeat") != std::string::npos);
  CHECK(errors("[[alerts.heartbeat]]\nwebhook = 'desk'\n[[alerts.heartbeat]]\nwebhook = 'desk'\n").size() == 1);
  CHECK(errors("[[alerts.heartbeat]]\nwebhook = 'desk'\ninterval = '5m'\n").empty());
}
