#include "daemon/api/acknowledgement_api.hpp"

#include "daemon/api/alert_api.hpp"
#include "storage/alert/events.hpp"
#include "tests/daemon/api/operator_bench.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
namespace json = boost::json;

namespace {

alerts::WebhookOptions webhook(const std::string& name, const std::string& format, std::vector<std::string> events) {
  alerts::WebhookOptions one;
  one.name = name;
  one.format = format;
  one.events = std::move(events);
  return one;
}

struct AcknowledgementBench : OperatorBench {
  AcknowledgementBench() {
    add_alert_routes(router, readers);
    add_acknowledgement_routes(router, {desk, [this] { return webhooks; },
                                        [] {
                                          alerts::MessageContext context;
                                          context.external_url = "https://watch.example.com";
                                          return context;
                                        }});
    record("a1", 1, "firing",
           {{"m1", "pager", "alert.firing", "a1", "{}", now}, {"m2", "desk", "alert.firing", "a1", "{}", now}});
  }
  ApiResponse acknowledge(const std::string& id, const std::string& body) {
    return ask("POST", "/v1/alerts/" + id + "/ack", body);
  }
  /// webhook → body of the messages about acknowledgements.
  std::vector<std::pair<std::string, json::value>> told() {
    std::vector<std::pair<std::string, json::value>> messages;
    auto rows = storage::Outbox(database).list({}).items;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      if (row->message.type == "alert.acknowledged") {
        messages.emplace_back(row->message.webhook, json::parse(row->message.body));
      }
    }
    return messages;
  }

  std::vector<alerts::WebhookOptions> webhooks = {webhook("pager", "pagerduty", {"firing", "resolved"}),
                                                  webhook("desk", "tapewatch", {"firing", "acknowledged"}),
                                                  webhook("quiet", "tapewatch", {"firing"})};
};

}  // namespace

TEST_CASE("an acknowledged alert shows who it was and the verdict, in lists and alone") {
  AcknowledgementBench bench;
  CHECK(bench.json("/v1/alerts").at("items").at(0).at("acknowledgement").is_null());
  const auto response = bench.acknowledge("a1", R"({"by":"Ana","comment":"on it","verdict":"useful"})");
  REQUIRE(response.status == 200);
  const auto said =
      json::parse(R"({"at":"2026-01-05T08:00:00.000Z","by":"Ana","comment":"on it","verdict":"useful","token":null})");
  CHECK(json::parse(response.body) == json::value{{"alert", "a1"}, {"acknowledgement", said}});
  CHECK(bench.json("/v1/alerts").at("items").at(0).at("acknowledgement") == said);
  const auto one = bench.json("/v1/alerts/a1");
  CHECK(one.at("acknowledgement") == said);
  CHECK(one.at("acknowledgements") == json::array{said});
}

TEST_CASE("a later acknowledgement adds to the history; the last one and the last verdict count") {
  AcknowledgementBench bench;
  bench.acknowledge("a1", R"({"by":"Ana","verdict":"noise"})");
  bench.now += 5min;
  bench.acknowledge("a1", R"({"by":"Bob","comment":"no, it is real","verdict":"useful"})");
  bench.now += 5min;
  bench.acknowledge("a1", R"({"by":"Cyd"})");
  const auto one = bench.json("/v1/alerts/a1");
  CHECK(one.at("acknowledgements").as_array().size() == 3);
  CHECK(one.at("acknowledgements").at(0).at("verdict") == "noise");
  CHECK(one.at("acknowledgements").at(2).at("verdict").is_null());
  CHECK(one.at("acknowledgement").at("by") == "Cyd");
  CHECK(one.at("acknowledgement").at("verdict") == "useful");
}

TEST_CASE("an alert that is over takes a verdict; an unknown one is not there") {
  AcknowledgementBench bench;
  bench.record("a1", 2, "resolved");
  CHECK(bench.acknowledge("a1", R"({"by":"Ana","verdict":"duplicate"})").status == 200);
  CHECK(bench.json("/v1/alerts/a1").at("acknowledgement").at("verdict") == "duplicate");
  const auto unknown = bench.acknowledge("a2", R"({"by":"Ana"})");
  CHECK(unknown.status == 404);
  CHECK(has(unknown.body, "no alert has the id a2"));
}

TEST_CASE("the same acknowledgement again changes nothing and tells nobody twice") {
  AcknowledgementBench bench;
  const std::string body = R"({"by":"Ana","comment":"on it","verdict":"useful"})";
  const auto first = bench.acknowledge("a1", body);
  bench.now += 1min;
  const auto again = bench.acknowledge("a1", body);
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  CHECK(bench.json("/v1/alerts/a1").at("acknowledgements").as_array().size() == 1);
  CHECK(bench.told().size() == 2);
  CHECK(bench.json("/v1/audit").at("items").as_array().size() == 1);
}

TEST_CASE("PagerDuty is told, and whoever asks for acknowledgements; a resolved alert's incident is left alone") {
  AcknowledgementBench bench;
  bench.acknowledge("a1", R"({"by":"Ana","verdict":"useful"})");
  const auto told = bench.told();
  REQUIRE(told.size() == 2);
  CHECK(told[0].first == "pager");
  CHECK(told[1].first == "desk");
  const auto& data = told[1].second.at("data");
  CHECK(told[1].second.at("type") == "alert.acknowledged");
  CHECK(data.at("id") == "a1");
  CHECK(data.at("key").at("topic") == "earnings");
  CHECK(data.at("labels").at("team") == "desk");
  CHECK(data.at("summary") == "Earnings: 14 negative stories");
  CHECK(data.at("acknowledgement").at("by") == "Ana");
  CHECK(data.at("alert_url") == "https://watch.example.com/alerts/a1");
  bench.record("a1", 2, "resolved");
  bench.acknowledge("a1", R"({"by":"Ana","verdict":"noise"})");
  const auto after = bench.told();
  REQUIRE(after.size() == 3);
  CHECK(after[2].first == "desk");
  CHECK(after[2].second.at("data").at("state") == "resolved");
}

TEST_CASE("an acknowledgement is an event, an entry of the audit and a line of the log") {
  AcknowledgementBench bench;
  bench.acknowledge("a1", R"({"by":"Ana","comment":"on\nit","verdict":"useful"})");
  const auto events = storage::EventReader(bench.database).after(0, 10);
  REQUIRE(events.size() == 2);
  CHECK(events[1].type == "alert");
  const auto event = json::parse(events[1].json);
  CHECK(event.at("type") == "alert.acknowledged");
  CHECK(event.at("id") == "a1");
  CHECK(event.at("acknowledgement").at("verdict") == "useful");
  const auto entry = bench.json("/v1/audit").at("items").at(0);
  CHECK(entry.at("action") == "alert.acknowledge");
  CHECK(entry.at("target") == "a1");
  CHECK(entry.at("at") == "2026-01-05T08:00:00.000Z");
  CHECK(entry.at("role") == "admin");
  CHECK(entry.at("detail").at("comment") == "on\nit");
  CHECK(entry.at("detail").at("rule") == "burst");
  CHECK(has(bench.lines.str(), "alert a1 (burst) is acknowledged by Ana as useful (\"on\\nit\")"));
}

TEST_CASE("an acknowledgement that is not one is refused with a pointer") {
  AcknowledgementBench bench;
  const auto refused = [&](const std::string& body, const std::string& pointer) {
    const auto response = bench.acknowledge("a1", body);
    INFO(response.body);
    CHECK(response.status == 400);
    CHECK(has(response.body, R"("pointer":")" + pointer + "\""));
  };
  refused("{}", "/by");
  refused(R"({"by":""})", "/by");
  refused(R"({"by":null})", "/by");
  refused(R"({"by":["Ana"]})", "/by");
  refused(R"({"by":")" + std::string(201, 'x') + R"("})", "/by");
  refused(R"({"by":"Ana","verdict":"great"})", "/verdict");
  refused(R"({"by":"Ana","verdict":1})", "/verdict");
  refused(R"({"by":"Ana","comment":{}})", "/comment");
  refused(R"({"by":"Ana","comment":"\u0007"})", "/comment");
  refused(R"({"by":"Ana","verdikt":"noise"})", "/verdikt");
  CHECK(bench.acknowledge("a1", "no").status == 400);
  CHECK(call(bench.router, "POST", "/v1/alerts/a1/ack", "{}", {{"content-type", "text/plain"}}).status == 415);
  CHECK(call(bench.router, "POST", "/v1/alerts/a1/ack?force=1", R"({"by":"Ana"})").status == 400);
  CHECK(bench.json("/v1/alerts/a1").at("acknowledgements").as_array().empty());
  CHECK(bench.told().empty());
}
