#include "daemon/api/audit_api.hpp"

#include "daemon/api/delivery_api.hpp"
#include "daemon/api/held_api.hpp"
#include "daemon/api/webhook_api.hpp"
#include "storage/document/held_documents.hpp"
#include "tests/daemon/api/operator_bench.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

struct AuditBench : OperatorBench {
  AuditBench() {
    add_webhook_routes(router, readers, live, desk);
    add_retry_route(router, desk);
    add_held_routes(router, readers, desk);
  }
  static LiveConfig::Snapshot one_webhook() {
    alerts::WebhookOptions desk_hook;
    desk_hook.name = "desk";
    desk_hook.url = "https://hook.example.com/secret-path";
    config::Config config;
    config.webhooks = {desk_hook};
    return {std::make_shared<const config::Config>(std::move(config)), nullptr};
  }
  const LiveConfig live{one_webhook()};

  template <class Change>
  void write(const Change& change) {
    storage::Transaction transaction(database);
    change();
    transaction.commit();
  }
};

}  // namespace

TEST_CASE("retries, enabled webhooks and forgotten documents are in the audit, once, and without secrets") {
  AuditBench bench;
  bench.record("a1", 1, "firing", {{"m1", "desk", "alert.firing", "a1", "a body", bench.now}});
  bench.write([&] {
    storage::Outbox outbox(bench.database);
    outbox.record_attempt(1, {bench.now, 410, "gone", "disabled", std::nullopt, 1});
    outbox.disable("desk", "HTTP 410", "", bench.now);
    storage::HeldRow held;
    held.source = "wire";
    held.external_id = "d1";
    held.title = "a secret title";
    held.document = "{}";
    storage::HeldDocuments(bench.database).put(held);
  });
  for (int i = 0; i < 2; ++i) {
    CHECK(bench.ask("POST", "/v1/deliveries/1/retry").status == 200);
    CHECK(bench.ask("POST", "/v1/webhooks/desk/enable").status == 200);
    bench.ask("DELETE", "/v1/held?id=1");
    bench.now += 1min;
  }
  CHECK(bench.ask("POST", "/v1/deliveries/9/retry").status == 404);
  CHECK(bench.ask("POST", "/v1/webhooks/nobody/enable").status == 404);
  const auto answer = bench.ask("GET", "/v1/audit");
  const auto items = boost::json::parse(answer.body).at("items").as_array();
  REQUIRE(items.size() == 3);
  CHECK(items[0].at("action") == "held.delete");
  CHECK(items[0].at("detail") == boost::json::parse(R"({"source":"wire","source_id":"d1"})"));
  CHECK(items[1].at("action") == "webhook.enable");
  CHECK(items[1].at("target") == "desk");
  CHECK(items[1].at("detail").at("was_off_because") == "HTTP 410");
  CHECK(items[2].at("action") == "delivery.retry");
  CHECK(items[2].at("target") == "1");
  CHECK(items[2].at("detail").at("was") == "disabled");
  CHECK(items[2].at("detail").at("alert") == "a1");
  for (const char* secret : {"secret", "a body"}) CHECK_FALSE(has(answer.body, secret));
  for (const char* line : {"delivery 1 to the webhook desk is tried again", "webhook desk is enabled again",
                           "held document 1 is forgotten"}) {
    CHECK(has(bench.lines.str(), line));
  }
}

TEST_CASE("the audit is filtered by action, target and time, and refuses what it does not know") {
  AuditBench bench;
  const auto log = [&](const std::string& action, const std::string& target) {
    bench.write([&] { write_audit(bench.database, bench.now, "duty", Access::operate, {action, target, "{}", ""}); });
    bench.now += 1h;
  };
  log("silence.add", "s1");
  log("silence.end", "s1");
  log("alert.acknowledge", "a1");
  log("webhook.test", "desk");
  const auto count = [&](const std::string& query) {
    return bench.json("/v1/audit" + query).at("items").as_array().size();
  };
  CHECK(count("") == 4);
  CHECK(count("?action=webhook.test") == 1);
  CHECK(count("?action=silence.end") == 1);
  CHECK(count("?target=s1") == 2);
  CHECK(count("?from=2026-01-05T09:00:00Z") == 3);
  CHECK(count("?from=2026-01-05T09:00:00Z&to=2026-01-05T10:00:00Z") == 1);
  CHECK(count("?limit=1") == 1);
  const auto entry = bench.json("/v1/audit?limit=1").at("items").at(0);
  CHECK(entry.at("who") == "duty");
  CHECK(entry.at("role") == "operate");
  CHECK(entry.at("detail").as_object().empty());
  CHECK(bench.json("/v1/audit?limit=1").at("next_cursor").is_string());
  for (const char* query : {"?action=delete", "?from=x", "?from=now&to=-1h", "?limit=0", "?who=duty", "?cursor=x"}) {
    CAPTURE(query);
    CHECK(bench.ask("GET", std::string("/v1/audit") + query).status == 400);
  }
}

TEST_CASE("what is not committed is not in the audit, nor in the log") {
  AuditBench bench;
  bench.write([&] { storage::Outbox(bench.database).disable("desk", "HTTP 410", "", bench.now); });
  bench.writer.close();  // the daemon stops
  CHECK(call(bench.router, "POST", "/v1/webhooks/desk/enable").status == 503);
  CHECK(bench.json("/v1/audit").at("items").as_array().empty());
  CHECK(bench.lines.str().empty());
}
