#include "alerts/formats/alertmanager/alertmanager_format.hpp"

#include "alerts/formats/alertmanager/alert_labels.hpp"
#include "tests/alerts/formats/told_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

json::value rendered(const std::vector<Transition>& transitions, TimePoint now) {
  std::vector<std::string> bodies;
  for (const auto& transition : transitions) bodies.push_back(told_body(transition));
  RenderContext context;
  context.webhook = "am";
  context.now = now;
  return json::parse(message_format("alertmanager").render(bodies, context));
}

}  // namespace

TEST_CASE("alertmanager: the labels of an alert are the same in all its messages, and its names allowed") {
  Transition t = told_transition();
  t.labels = {{"team", "media-risk"}, {"on-call", "night"}, {"9to5", "x"}, {"topic", "shadowed"}, {"empty", ""}};
  t.key = {{"topic", "financials"}, {"entity", "halden"}};
  const auto labels = alert_labels(read_told_message(told_body(t)));
  CHECK(labels == std::map<std::string, std::string>{{"alertname", "negative-burst"},
                                                     {"severity", "critical"},
                                                     {"topic", "financials"},
                                                     {"entity", "halden"},
                                                     {"team", "media-risk"},
                                                     {"on_call", "night"},
                                                     {"_9to5", "x"}});
  Transition raised = t;
  raised.type = "alert.updated";
  raised.raised_from = "critical";
  raised.severity = "emergency";
  raised.evidence.observed = 90;
  CHECK(alert_labels(read_told_message(told_body(raised))) == labels);
  CHECK(alert_annotations(read_told_message(told_body(raised))).at("raised_to") == "emergency");
}

TEST_CASE("alertmanager: what fires ends four minutes after each attempt, what is over at its end") {
  const TimePoint now = kMonday + 14h;
  const json::value sent = rendered({told_transition(), told_transition("alert.resolved")}, now);
  REQUIRE(sent.as_array().size() == 2);
  CHECK(sent.at(0).at("startsAt") == "2026-01-05T12:00:00.000Z");
  CHECK(sent.at(0).at("endsAt") == "2026-01-05T14:04:00.000Z");
  CHECK(sent.at(1).at("endsAt") == "2026-01-05T12:20:00.000Z");
  CHECK(sent.at(0).at("generatorURL").as_string().ends_with(told_transition().alert_id));
  CHECK(message_format("alertmanager").repeats());
}

TEST_CASE("alertmanager: its url may name the server or the address itself") {
  const auto& format = message_format("alertmanager");
  CHECK(format.address("http://am:9093") == "http://am:9093/api/v2/alerts");
  CHECK(format.address("http://am:9093/prefix/") == "http://am:9093/prefix/api/v2/alerts");
  CHECK(format.address("http://am:9093/api/v2/alerts") == "http://am:9093/api/v2/alerts");
  CHECK(format.address("http://am:9093?x=1") == "http://am:9093/api/v2/alerts?x=1");
}
