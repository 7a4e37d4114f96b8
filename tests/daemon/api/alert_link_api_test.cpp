// Signed links on a real server that requires tokens.
#include "daemon/api/alert_link.hpp"

#include <boost/json.hpp>

#include "daemon/api/alert_api.hpp"
#include "daemon/api/alert_chart_api.hpp"
#include "daemon/api/system_api.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

config::TokenTable desk_token() {
  auto parsed = config::parse_tokens("desk read " + config::token_hash("secret-1") + "\n", "tokens");
  REQUIRE(parsed.errors.empty());
  return std::move(parsed.tokens);
}

TimePoint wall_clock() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

/// Two alerts, each told to a webhook; the second one is the other company's.
struct LinkBench {
  LinkBench() : writer(storage::Connection::open_writer(folder.file())), readers(folder.file(), {}, 2) {
    ApplierOptions live;
    live.rules = {tests::burst_rule()};
    live.detector.model_version = tests::kModel;
    live.external_url = "https://tapewatch.example.com";
    live.links = links;
    alerts::WebhookOptions desk;
    desk.name = "desk";
    live.webhooks = {desk};
    Applier applier(writer, live);
    storage::Transaction transaction(writer);
    auto records = tests::quiet_then_burst(kFrom);
    for (int i = 0; i < 16; ++i) {
      records.push_back(tests::scored_record(records.size(), kFrom + 30h + 10min + i * 10s,
                                             "steel story " + std::to_string(i), 0.95, 1));
    }
    for (const Scored& record : records) {
      for (const auto& t : applier.apply(record, wall_clock()).transitions) {
        if (t.sequence == 1) ids.push_back(t.alert_id);
      }
    }
    applier.finish();
    transaction.commit();
    REQUIRE(ids.size() == 2);
    add_alert_routes(server.router, readers, {.links = links});
    add_alert_chart_routes(
        server.router, readers,
        {[](std::string_view) { return tests::burst_rule(); }, [] { return tests::two_companies(); }, links});
    add_page_routes(server.router, server.auth, links);
    server.router.add(Route{"POST", "/v1/alerts/{id}/ack", Access::operate, says("done"), 4096});
    server.start();
  }

  std::string answer(const std::string& request) {
    Client client(server.port());
    client.send(request);
    return client.read_response();
  }
  std::string status(const std::string& target, const std::string& more = {}) {
    return answer(get(target, more)).substr(9, 3);
  }
  std::string address(std::size_t alert) const { return "/v1/alerts/" + ids.at(alert); }
  std::string pass(std::size_t alert, TimePoint at = wall_clock()) const { return links.query(ids.at(alert), at); }

  const alerts::AlertLinks links{"a key of the tests", 24h};
  storage_test::TempFolder folder;
  storage::Connection writer;
  ReaderPool readers;
  TestServer server{any_port(), nullptr, desk_token()};
  std::vector<std::string> ids;
};

const std::string kToken = "Authorization: Bearer secret-1\r\n";

}  // namespace

TEST_CASE("a link of a message shows its alert, the page and the chart without a token, and nothing else") {
  LinkBench bench;
  const std::string pass = bench.pass(0);
  for (const std::string& target : {bench.address(0), bench.address(0) + "/chart.svg", "/alerts/" + bench.ids[0]}) {
    INFO(target);
    CHECK(bench.status(target + pass) == "200");
  }
  const std::string with_link = body_of(bench.answer(get(bench.address(0) + pass)));
  CHECK(json::parse(with_link).at("deliveries").as_array().empty());
  const std::string with_token = body_of(bench.answer(get(bench.address(0), kToken)));
  CHECK_FALSE(json::parse(with_token).at("deliveries").as_array().empty());

  CHECK(bench.status(bench.address(0)) == "401");
  CHECK(bench.status(bench.address(0) + "/chart.svg") == "401");
  CHECK(bench.status("/v1/alerts" + pass) == "401");
  CHECK(bench.answer(post(bench.address(0) + "/ack" + pass, "{}")).substr(9, 3) == "401");
}

TEST_CASE("a wrong, an expired or another alert's signature is refused with the reason") {
  LinkBench bench;
  std::string wrong = bench.pass(0);
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  for (const std::string& pass : {wrong, bench.pass(1), bench.pass(0, wall_clock() - 25h),
                                  std::string("?expires=99999999999"), std::string("?signature=")}) {
    INFO(pass);
    for (const std::string& target : {bench.address(0), bench.address(0) + "/chart.svg", "/alerts/" + bench.ids[0]}) {
      CHECK(bench.status(target + pass) == "403");
    }
  }
  CHECK(has(bench.answer(get(bench.address(0) + wrong)), "the signature of this link is not one for this alert"));
  CHECK(has(bench.answer(get(bench.address(0) + bench.pass(0, wall_clock() - 25h))), "this link has expired"));
  CHECK(bench.status(bench.address(0) + wrong, kToken) == "200");  // a token opens it, whatever the link says
}

TEST_CASE("messages carry such links, and pages keep them to themselves") {
  LinkBench bench;
  const auto sent = storage::Outbox(bench.writer).list({.alert_id = bench.ids[0], .limit = 100}).items;
  REQUIRE_FALSE(sent.empty());
  const json::value data = json::parse(sent.back().message.body).at("data");
  const std::string base = "https://tapewatch.example.com";
  for (const char* link : {"alert_url", "chart_url"}) {
    std::string url(data.at(link).as_string());
    REQUIRE(url.starts_with(base));
    CHECK(bench.status(url.substr(base.size())) == "200");
  }
  CHECK(data.at("silence_url").as_string() == base + "/#silence-" + bench.ids[0]);
  CHECK(has(bench.answer(get("/alerts/" + bench.ids[0] + bench.pass(0))), "Referrer-Policy: no-referrer"));
}
