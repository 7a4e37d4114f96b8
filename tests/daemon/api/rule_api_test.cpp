// GET /v1/rules on a real database, called without sockets.
#include "daemon/api/rule_api.hpp"

#include <boost/json.hpp>

#include "daemon/status.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

json::value rules_after(bool burst, const std::string& verdict = "",
                        const alerts::RuleOptions& rule = tests::burst_rule()) {
  const storage_test::TempFolder folder;
  auto writer = storage::Connection::open_writer(folder.file());
  ReaderPool readers(folder.file(), {}, 2);
  ApplierOptions live;
  live.rules = {rule};
  live.detector.model_version = tests::kModel;
  Applier applier(writer, live);
  if (burst) {
    storage::Transaction transaction(writer);
    for (const Scored& record : tests::quiet_then_burst(kFrom)) applier.apply(record, record.scored_at);
    applier.finish();
    if (!verdict.empty()) {
      writer
          .prepare(
              "INSERT INTO acknowledgement (alert, at, author, comment, verdict, token) SELECT number, 0, 'ann', "
              "'', ?, '' FROM alert")
          .bind(1, verdict)
          .run();
    }
    transaction.commit();
  }
  RuleBoard board;
  board.set(applier.detector().warmth());
  Router router;
  config::Config config;
  config.rules = live.rules;
  const LiveConfig present({std::make_shared<const config::Config>(config), nullptr});
  add_rule_routes(router, readers, present, board);
  const ApiResponse response = call(router, "GET", "/v1/rules", "", {}, kFrom + 54h);
  INFO(response.body);
  REQUIRE(response.status == 200);
  return json::parse(response.body).at("items").at(0);
}

}  // namespace

TEST_CASE("a rule that saw nothing waits; after a day it warms up, and shows what it spent") {
  const json::value fresh = rules_after(false);
  CHECK(fresh.at("name") == "negative-burst");
  CHECK(fresh.at("measure") == "negative_stories");
  CHECK(fresh.at("state") == "waiting");
  CHECK(fresh.at("tz") == "UTC");
  CHECK(fresh.at("since").is_null());
  CHECK(fresh.at("series") == 0);
  CHECK(fresh.at("budget").at("fired") == 0);
  CHECK(fresh.at("judged").is_null());

  const json::value used = rules_after(true);
  CHECK(used.at("state") == "warming");
  CHECK(used.at("since") == "2026-01-05T08:00:00.000Z");
  CHECK(used.at("watched_hours") == 29);
  CHECK(used.at("warm_hours") == 336);
  CHECK(used.at("series").as_int64() >= 1);
  CHECK(used.at("budget").at("fired") == 1);
  CHECK(used.at("judged").at("fired") == 1);
  CHECK(used.at("judged").at("unjudged") == 1);
  CHECK(used.at("judged").at("since") == "2025-12-09T14:07:30.000Z");  // four weeks before the last document

  const json::value judged = rules_after(true, "noise");
  CHECK(judged.at("judged").at("noise") == 1);
  CHECK(judged.at("judged").at("useful") == 0);
  CHECK(judged.at("judged").at("unjudged") == 0);
}

TEST_CASE("a rule shows when people are told of its alerts") {
  const json::value plain = rules_after(false);
  CHECK(plain.at("mute") == json::array{});
  for (const char* key : {"repeat", "escalate", "max_alerts"}) CHECK(plain.at(key).is_null());

  alerts::RuleOptions rule = tests::burst_rule();
  rule.mute = {alerts::parse_mute_time("22:00-06:00").value(), alerts::parse_mute_time("sat,sun").value()};
  rule.severity = "warning";
  rule.repeat = 1h;
  rule.escalate = alerts::Escalation{30min, "error"};
  rule.max_alerts = alerts::AlertLimit{5, 24h};
  const json::value told = rules_after(false, "", rule);
  CHECK(told.at("mute") == json::array{"22:00-06:00", "sat,sun"});
  CHECK(told.at("repeat") == "1h");
  CHECK(told.at("escalate") == json::parse(R"({"after":"30m","severity":"error"})"));
  CHECK(told.at("max_alerts") == json::parse(R"({"count":5,"period":"1d"})"));
}

TEST_CASE("a rule shows every setting, so that it can be written down again") {
  const json::value plain = rules_after(false);
  CHECK(plain.at("resolve_after") == "30m");
  CHECK(plain.at("pending_for") == "0s");
  CHECK(plain.at("cool_down") == "15m");
  CHECK(plain.at("labels") == json::object{});
  for (const char* key : {"escalated_severity", "runbook_url"}) CHECK(plain.at(key).is_null());

  alerts::RuleOptions rule = tests::burst_rule();
  rule.resolve_after = 2h;
  rule.pending_for = 1min;
  rule.cool_down = 90min;
  rule.severity = "warning";
  rule.escalated_severity = "critical";
  rule.runbook_url = "https://wiki.example.com/burst";
  rule.labels = {{"desk", "credit"}};
  const json::value full = rules_after(false, "", rule);
  CHECK(full.at("resolve_after") == "2h");
  CHECK(full.at("pending_for") == "1m");
  CHECK(full.at("cool_down") == "90m");
  CHECK(full.at("escalated_severity") == "critical");
  CHECK(full.at("runbook_url") == "https://wiki.example.com/burst");
  CHECK(full.at("labels") == json::parse(R"({"desk":"credit"})"));
}

TEST_CASE("readiness counts the rules that warm up, and is ready all the same") {
  alerts::RuleWarmth warm{.rule = "a", .series = 3, .since = kFrom, .watched_hours = 336, .warm_hours = 336};
  alerts::RuleWarmth young = warm;
  young.watched_hours = 335;
  CHECK(rules_check({}).detail == "none is configured");
  CHECK(rules_check({warm}).detail == "all know their news");
  const ProbeCheck check = rules_check({warm, young});
  CHECK(check.ok);
  CHECK(check.detail == "1 of 2 warming up: GET /v1/rules");
}
