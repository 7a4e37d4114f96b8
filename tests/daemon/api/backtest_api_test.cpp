// POST /v1/backtest on a real database, called without sockets.
#include "daemon/api/backtest_api.hpp"

#include <boost/json.hpp>

#include "daemon/known_ids.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const std::string kRule = R"({"name":"negative-burst","group_by":["entity"],"false_alarms":"2 per day"})";

/// A burst about one company in a database, and the route over it. Now is a day after it.
struct Bench {
  explicit Bench(BacktestApiOptions options = {})
      : writer(storage::Connection::open_writer(folder.file())), readers(folder.file(), {}, 2) {
    options.detector.model_version = tests::kModel;
    ApplierOptions live;
    live.rules = {tests::burst_rule()};
    live.detector = options.detector;
    Applier applier(writer, live);
    storage::Transaction transaction(writer);
    for (const Scored& record : tests::quiet_then_burst(kFrom)) applier.apply(record, record.scored_at);
    applier.finish();
    transaction.commit();
    add_backtest_routes(
        router, readers, [this] { return known; },
        [this] {
          if (during) during();
          return tests::two_companies();
        },
        options);
  }
  ApiResponse post(const std::string& body, Fields headers = {}) {
    return call(router, "POST", "/v1/backtest", body, std::move(headers), kFrom + 54h);
  }
  json::value ok(const std::string& body) {
    const ApiResponse response = post(body);
    INFO(response.body);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }

  storage_test::TempFolder folder;
  storage::Connection writer;
  ReaderPool readers;
  Router router;
  config::KnownIds known = known_ids(*model::test::TinyModel().load(), *tests::two_companies());
  std::function<void()> during;  // called while a backtest runs
};

std::string text(const json::value& value) { return std::string(value.as_string()); }

/// What `check` says of the rule in a file.
std::string said_by_check(const std::string& toml, const config::KnownIds& known) {
  auto loaded = config::parse("[[alerts.rule]]\n" + toml, {"t.toml", ".", "."});
  for (auto& error : config::check_references(loaded.references, known)) loaded.errors.push_back(std::move(error));
  REQUIRE(loaded.errors.size() == 1);
  std::string message = loaded.errors[0].message;
  const std::string path = "alerts.rule[1]";
  if (const std::size_t at = message.find(path); at != std::string::npos) message.replace(at, path.size(), "rule");
  return message;
}

}  // namespace

TEST_CASE("backtest: a rule keeps its zone's clock and the configuration's calendars, which stand in the evidence") {
  BacktestApiOptions options;
  alerts::CalendarEntry entry;
  entry.name = "quiet-days";
  const std::chrono::local_days day{std::chrono::year{2026} / 1 / 6};  // of the burst
  entry.days = {{day, day}};
  entry.notify = false;
  options.calendars = [entry] { return std::vector{entry}; };
  Bench bench(options);
  const std::string rule =
      R"({"name":"r","group_by":["entity"],"false_alarms":"2 per day","tz":"Europe/London","calendar":["quiet-days"]})";
  const auto answer = bench.ok(R"({"rule":)" + rule + R"(,"from":"-3d"})");
  REQUIRE(answer.at("alert_count") == 1);
  const auto& notes = answer.at("alerts").at(0).at("evidence").at("calendar").as_array();
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].at("name") == "quiet-days");
  CHECK(notes[0].at("day") == "2026-01-06");
  CHECK(notes[0].at("notify") == false);
}

TEST_CASE("backtest: the alerts that the rule would have fired, beside its budget") {
  Bench bench;
  const auto answer = bench.ok(R"({"rule":)" + kRule + R"(,"from":"-3d","to":"now"})");
  CHECK(answer.at("rule") == "negative-burst");
  CHECK(answer.at("from") == "2026-01-05T08:00:00.000Z");
  CHECK(answer.at("to") == "2026-01-06T14:07:30.000Z");
  CHECK(text(answer.at("model")) == tests::kModel);
  CHECK(answer.at("documents") == 76);
  CHECK(answer.at("skipped") == 0);
  CHECK(answer.at("series") == 2);
  CHECK(answer.at("weeks").as_double() == Approx(30.125 / 168).epsilon(1e-3));
  CHECK(answer.at("alert_count") == 1);
  CHECK(answer.at("per_week").as_double() == Approx(168 / 30.125).epsilon(1e-3));
  CHECK(answer.at("budget_per_week").to_number<double>() == 14.0);
  const auto& alert = answer.at("alerts").at(0);
  CHECK(alert.at("key").at("entity") == "halden");
  CHECK(alert.at("ended_at").is_null());
  CHECK(alert.at("evidence").at("observed").to_number<int>() >= 5);
  CHECK(json::serialize(bench.ok(R"({"rule":)" + kRule + R"(,"from":"-3d"})")) == json::serialize(answer));
}

TEST_CASE("backtest: a rule that names a topic's former id is judged by the present one, and the caller is told") {
  Bench bench;
  bench.known.former_topics = {{"financials", "earnings"}};
  const auto warning = [&](const std::string& topic) {
    const auto response = bench.post(R"({"rule":{"name":"r","where":{"topic":[")" + topic + R"("]}},"from":"-3d"})");
    CAPTURE(response.body);
    REQUIRE(response.status == 200);
    const auto found = std::ranges::find(response.headers, "Warning", &Fields::value_type::first);
    return found == response.headers.end() ? std::string() : found->second;
  };
  CHECK(warning("financials").starts_with("299 tapewatch \"the topic 'financials' is part of 'earnings'"));
  CHECK(warning("earnings").empty());
}

TEST_CASE("backtest: a whole number may be written with a point") {
  Bench bench;
  const auto answer = bench.ok(R"({"rule":{"name":"r","group_by":["entity"],"min_stories":5.0},"from":"-3d"})");
  CHECK(answer.at("documents") == 76);
}

TEST_CASE("backtest: nothing stored in the range, and more alerts than are listed") {
  Bench bench;
  const auto nothing =
      bench.ok(R"({"rule":)" + kRule + R"(,"from":"2025-01-01T00:00:00Z","to":"2025-02-01T00:00:00Z"})");
  CHECK(nothing.at("per_week").is_null());
  CHECK(nothing.at("weeks").to_number<double>() == 0);
  BacktestApiOptions none;
  none.max_alerts = 0;
  Bench listed(none);
  const auto counted = listed.ok(R"({"rule":)" + kRule + R"(,"from":"-3d"})");
  CHECK(counted.at("alert_count") == 1);
  CHECK(counted.at("alerts").as_array().empty());
}

TEST_CASE("backtest: what is wrong with a rule is told at its pointer, in the words of check") {
  Bench bench;
  struct Case {
    const char* json;
    const char* toml;
    const char* pointer;
    unsigned status = 400;
  };
  const Case cases[] = {
      {R"("min_storys": 3)", "min_storys = 3", "/rule/min_storys"},
      {R"("min_stories": 0)", "min_stories = 0", "/rule/min_stories"},
      {R"("min_stories": 2.5)", "min_stories = 2.5", "/rule/min_stories"},
      {R"("resolve_after": "soon")", "resolve_after = 'soon'", "/rule/resolve_after"},
      {R"("false_alarms": "often")", "false_alarms = 'often'", "/rule/false_alarms"},
      {R"("severity": "criticl")", "severity = 'criticl'", "/rule/severity"},
      {R"("group_by": ["topic", "entty"])", "group_by = ['topic', 'entty']", "/rule/group_by/1"},
      {R"("group_by": ["topic", "topic"])", "group_by = ['topic', 'topic']", "/rule"},
      {R"("windows": ["5m", "1h", "400d"])", "windows = ['5m', '1h', '400d']", "/rule/windows/2"},
      {R"("where": {"entity": ["halden", "haldn"]})", "where = { entity = ['halden', 'haldn'] }",
       "/rule/where/entity/1"},
      {R"("where": {"tags": []})", "where = { tags = [] }", "/rule/where/tags"},
      {R"("labels": [])", "labels = []", "/rule/labels"},
      {R"("min_negative": 0.9)", "min_negative = 0.9", "/rule/min_negative"},
      {R"("measure": "story", "min_gravity": "dire")", "measure = 'story'\nmin_gravity = 'dire'", "/rule/min_gravity"},
      {R"("measure": "story", "events": ["fraud"])", "measure = 'story'\nevents = ['fraud']", "/rule/events/0"},
      {R"("measure": "no-data")", "measure = 'no-data'", "/rule/measure"},
      {R"("max_alerts": "many")", "max_alerts = 'many'", "/rule/max_alerts"},
      {R"("mute": ["sat", "night"])", "mute = ['sat', 'night']", "/rule/mute/1"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.json);
    const auto response = bench.post(R"({"rule":{"name":"r",)" + std::string(one.json) + R"(},"from":"-3d"})");
    CAPTURE(response.body);
    CHECK(response.status == one.status);
    const auto errors = json::parse(response.body).at("errors").as_array();
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].at("pointer") == one.pointer);
    CHECK(text(errors[0].at("detail")) == said_by_check("name = 'r'\n" + std::string(one.toml), bench.known));
  }
}

TEST_CASE("backtest: everything wrong is told at once, and secrets cannot be reached") {
  Bench bench;
  const auto response = bench.post(R"({"rule":{"name":{"env":"PATH"},"runbook_url":{"file":"/etc/passwd"},"x~/y":1},)"
                                   R"("from":"yesterday","until":"now"})");
  CHECK(response.status == 400);
  std::vector<std::string> pointers;
  const json::value refusal = json::parse(response.body);
  for (const auto& error : refusal.at("errors").as_array()) pointers.push_back(text(error.at("pointer")));
  CHECK(pointers ==
        std::vector<std::string>{"/until", "/rule", "/rule/name", "/rule/runbook_url", "/rule/x~0~1y", "/from"});
  CHECK(has(response.body, "rule.name: expected text, found a table"));
  CHECK_FALSE(has(response.body, "root:"));
}

TEST_CASE("backtest: bodies that are none") {
  Bench bench;
  const std::pair<std::string, std::string> cases[] = {
      {"{}", "'rule' is missing"},
      {R"({"rule":3,"from":"-1d"})", "rule: expected a table, found a whole number"},
      {R"({"rule":null,"from":"-1d"})", "null is not a value"},
      {R"({"rule":{"name":"r","where":null},"from":"-1d"})", "/rule/where"},
      {R"({"rule":{"name":"r"},"from":-1})", "a time is RFC 3339"},
      {R"({"rule":{"name":"r"},"from":"now"})", "/from: must be before to"},
      {R"({"rule":{"name":"r"},"from":"-1d","to":"-2d"})", "/from: must be before to"},
      {R"({"rule":{"name":"r"},"to":"-2d"})", "'from' is missing"},
      {"[]", "must be an object"}};
  for (const auto& [body, told] : cases) {
    CAPTURE(body);
    const auto response = bench.post(body);
    CHECK(response.status == 400);
    CHECK(has(response.body, told));
  }
  CHECK(bench.post("{}", {{"content-type", "text/plain"}}).status == 415);
  CHECK(call(bench.router, "POST", "/v1/backtest?from=-1d", "{}").status == 400);
  bench.known.topics.clear();
  const auto topicless = bench.post(R"({"rule":{"name":"r"},"from":"-1d"})");
  CHECK(topicless.status == 400);
  CHECK(has(topicless.body, R"("pointer":"/rule/group_by")"));
  CHECK(has(topicless.body, "this model has no topics"));
}

TEST_CASE("backtest: one at a time; it ends at the deadline and when the daemon stops") {
  Bench bench;
  const std::string body = R"({"rule":)" + kRule + R"(,"from":"-3d"})";
  ApiResponse second;
  bench.during = [&] {
    if (second.body.empty()) second = bench.post(body);
  };
  CHECK(bench.post(body).status == 200);
  CHECK(second.status == 503);
  CHECK(has(second.body, "another backtest is running"));
  CHECK(bench.post(body).status == 200);

  ApiRequest request;
  request.method = "POST";
  request.path = "/v1/backtest";
  request.body = body;
  request.now = kFrom + 54h;
  const auto& route = bench.router.routes().at(0);
  CHECK(route.access == Access::operate);
  const auto& run = std::get<QueryHandler>(route.handler).run;
  std::atomic<bool> stopping{true};
  request.stopping = &stopping;
  const auto stopped = run(request);
  CHECK(stopped.status == 503);
  CHECK(has(stopped.body, "stopping"));
  stopping = false;
  request.deadline = std::chrono::steady_clock::time_point::max();
  bench.during = [&] { request.deadline = std::chrono::steady_clock::now(); };
  const auto late = run(request);
  CHECK(late.status == 503);
  CHECK(has(late.body, "urn:tapewatch:problem:deadline"));
  CHECK(has(late.body, "daemon.request_deadline"));
}

TEST_CASE("backtest: one whose client has left ends, and the next one can begin") {
  Bench bench;
  const std::string body = R"({"rule":)" + kRule + R"(,"from":"2026-01-05T08:00:00Z"})";
  ApiRequest request;
  request.method = "POST";
  request.path = "/v1/backtest";
  request.body = body;
  request.now = kFrom + 54h;
  request.left = std::make_shared<std::atomic<bool>>(true);
  const auto match = bench.router.match("POST", request.path);
  CHECK(std::get<QueryHandler>(match.route->handler).run(request).status != 200);
  *request.left = false;
  CHECK(std::get<QueryHandler>(match.route->handler).run(request).status == 200);
}
