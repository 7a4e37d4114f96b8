// The chart of an alert on a real database.
#include "daemon/api/alert_chart_api.hpp"

#include <boost/json.hpp>
#include <numeric>

#include "daemon/api/alert_series.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace http_test;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

/// Thirty quiet hours and a burst about Halden Bank; then an hour of bad news about another company.
struct ChartBench {
  explicit ChartBench(alerts::RuleOptions the_rule = tests::burst_rule())
      : rule(std::move(the_rule)),
        writer(storage::Connection::open_writer(folder.file())),
        readers(folder.file(), {}, 2) {
    ApplierOptions live;
    live.rules = {rule};
    live.detector.model_version = tests::kModel;
    Applier applier(writer, live);
    storage::Transaction transaction(writer);
    auto records = tests::quiet_then_burst(kFrom);
    for (int i = 0; i < 4; ++i) {
      records.push_back(tests::scored_record(records.size(), kFrom + 30h + 9min + i * 10s,
                                             "steel story " + std::to_string(i), 0.95, 1));
    }
    for (const Scored& record : records) {
      for (auto& transition : applier.apply(record, record.scored_at).transitions) told.push_back(transition);
    }
    for (const auto& transition : applier.tick(kFrom + 33h, kFrom + 33h)) told.push_back(transition);
    applier.finish();
    transaction.commit();
    REQUIRE_FALSE(told.empty());
    add_alert_chart_routes(
        router, readers,
        {[this](std::string_view name) { return name == rule.name ? std::optional(rule) : std::nullopt; },
         [] { return tests::two_companies(); },
         {}});
  }

  AlertChart chart() {
    const auto detail = storage::AlertReader(writer).get(told.front().alert_id);
    REQUIRE(detail);
    return read_alert_chart(writer, detail->alert.row,
                            series_of(detail->alert.row, &rule, tests::two_companies().get()));
  }

  alerts::RuleOptions rule;
  storage_test::TempFolder folder;
  storage::Connection writer;
  ReaderPool readers;
  Router router;
  std::vector<alerts::Transition> told;
};

double stories_in(const AlertChart& chart) {
  return std::accumulate(chart.buckets.begin(), chart.buckets.end(), 0.0,
                         [](double sum, const auto& bucket) { return sum + bucket.value.value_or(0); });
}

}  // namespace

TEST_CASE("the chart of a company's alert is of that company, with the band that its rule knew") {
  ChartBench bench;
  REQUIRE(bench.told.front().key.at("entity") == "halden");
  CHECK(bench.told.back().state == alerts::AlertState::resolved);
  const AlertChart chart = bench.chart();
  CHECK(chart.title == bench.told.back().summary);
  CHECK_FALSE(chart.open);
  CHECK(chart.alert_from == bench.told.front().started_at);
  CHECK(chart.alert_to == *bench.told.back().ended_at);
  // The burst, and not the four stories about the other company; and of the quiet hours what lies in the picture.
  double quiet = 0;
  for (int half_hour = 0; half_hour < 60; ++half_hour) {
    const bool shown = kFrom + half_hour * 30min >= chart.from;
    quiet += shown && half_hour % 10 == 3 && half_hour % 2 == 0;
  }
  CHECK(stories_in(chart) == 16 + quiet);
  CHECK(std::count_if(chart.buckets.begin(), chart.buckets.end(), [](const auto& b) { return b.high.has_value(); }) >
        40);
  CHECK(chart.caption.starts_with("Negative stories per "));
  CHECK(chart.caption.find("as the rule knew at ") != std::string::npos);
}

TEST_CASE("the chart is served as a picture; an alert that is not there is not found") {
  ChartBench bench;
  const ApiResponse response = call(bench.router, "GET", "/v1/alerts/" + bench.told.front().alert_id + "/chart.svg");
  CHECK(response.status == 200);
  CHECK(response.content_type == "image/svg+xml");
  CHECK(response.body.starts_with("<svg "));
  CHECK(response.body.size() < 20'000);
  const ApiResponse png = call(bench.router, "GET", "/v1/alerts/" + bench.told.front().alert_id + "/chart.png");
  CHECK(png.status == 200);
  CHECK(png.content_type == "image/png");
  CHECK(png.body.starts_with("\x89PNG"));
  const std::string svg = "/v1/alerts/" + bench.told.front().alert_id + "/chart.svg";
  const ApiResponse local = call(bench.router, "GET", svg + "?tz=Asia/Kolkata");
  CHECK(local.body.find(" Times of Asia/Kolkata.") != std::string::npos);
  CHECK(call(bench.router, "GET", svg + "?tz=Mars/Base").status == 400);
  const ApiResponse data = call(bench.router, "GET", "/v1/alerts/" + bench.told.front().alert_id + "/chart.json");
  CHECK(data.status == 200);
  const auto json = boost::json::parse(data.body);
  const AlertChart chart = bench.chart();
  CHECK(json.at("points").as_array().size() == chart.buckets.size());
  CHECK(json.at("points").at(0).at("t") == json.at("from"));
  CHECK(json.at("mean") == false);
  CHECK(json.at("caption").as_string() == std::string_view(chart.caption));
  CHECK(json.at("ended_at").is_string());
  double stories = 0;
  for (const auto& point : json.at("points").as_array()) stories += point.at("value").to_number<double>();
  CHECK(stories == stories_in(chart));
  CHECK(call(bench.router, "GET", "/v1/alerts/nothing/chart.svg").status == 404);
  CHECK(call(bench.router, "GET", "/v1/alerts/" + bench.told.front().alert_id + "/chart.svg?size=9").status == 400);
}

TEST_CASE("a rule's selection is the chart's, also by tag; without the rule the key is left") {
  storage::AlertRow alert;
  alert.key_json = R"({"topic":"earnings"})";
  alerts::RuleOptions rule;
  rule.where.topic = {"earnings", "macro"};
  rule.where.source = {"wire"};
  rule.where.tag = {"own"};
  const auto watched = tests::two_companies();
  const auto query = series_of(alert, &rule, watched.get());
  CHECK(query.topics == std::vector<std::string>{"earnings"});
  CHECK(query.sources == std::vector<std::string>{"wire"});
  CHECK(query.entities == std::vector<std::string>{"halden"});
  rule.where.tag = {"nobody"};
  CHECK(series_of(alert, &rule, watched.get()).entities == std::vector<std::string>{""});  // none, not all
  CHECK(series_of(alert, nullptr, nullptr).sources.empty());
  CHECK(series_of(alert, nullptr, nullptr).topics == std::vector<std::string>{"earnings"});
}

TEST_CASE("rules of other measures have charts of their own numbers") {
  alerts::RuleOptions rule = tests::burst_rule();
  rule.measure = alerts::Measure::story;
  rule.min_negative = 0.9;
  ChartBench bench(rule);
  const AlertChart chart = bench.chart();
  CHECK(chart.caption.find("nothing was expected") != std::string::npos);
  CHECK(std::none_of(chart.buckets.begin(), chart.buckets.end(), [](const auto& b) { return b.expected.has_value(); }));
  CHECK(stories_in(chart) >= 1);
}
