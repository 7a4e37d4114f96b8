// What an alert tells of the time around it, for its chart.
#include <boost/json.hpp>
#include <map>

#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
namespace json = boost::json;

namespace {

std::vector<Transition> told_of(std::chrono::minutes length, int count) {
  StreamOptions options;
  options.series = 4;
  options.days = 21;
  options.largest_rate = 6.0;
  auto rows = quiet_stream(options, 11);
  plant(rows, "company-1", "negative", kMonday + 15 * 24h + 12h, length, count);
  TrendDetector detector({entity_rule()});
  return run(detector, rows, false);
}

}  // namespace

TEST_CASE("the band follows the rhythm of the series and holds most of its quiet stretches") {
  const auto all = told_of(30min, 40);
  REQUIRE_FALSE(all.empty());
  const ExpectedBand& band = all.front().evidence.band;
  CHECK(band.bucket == 5min);
  REQUIRE(band.buckets.size() == 48);
  CHECK(band.from + 48 * band.bucket > all.front().updated_at);
  CHECK(band.from + 47 * band.bucket <= all.front().updated_at);
  for (const auto& bucket : band.buckets) {
    REQUIRE(bucket);
    CHECK(bucket->mean > 0.0);
    CHECK(bucket->mean < 1.5);
    CHECK(bucket->low <= bucket->mean);
    CHECK(bucket->high >= 1);
    CHECK(bucket->high <= 6);
  }
  // More is expected at noon than at 8 in the morning: the stream swings by the day.
  CHECK(band.buckets.back()->mean > band.buckets.front()->mean);
}

TEST_CASE("the surge itself is not expected, and longer episodes have longer stretches") {
  const auto all = told_of(6h, 400);
  REQUIRE(all.size() >= 3);
  const ExpectedBand& last = all.back().evidence.band;
  REQUIRE(all.back().state == AlertState::resolved);
  CHECK(last.bucket >= 15min);
  CHECK(last.from <= all.back().started_at - 6h);
  const double hours = std::chrono::duration<double, std::ratio<3600>>(last.bucket).count();
  for (const auto& bucket : last.buckets) {
    if (bucket) CHECK(bucket->mean / hours < 12.0);  // 66 an hour came
  }
}

TEST_CASE("the band stands in the evidence as numbers side by side; rules that do not count have none") {
  Evidence evidence;
  CHECK(evidence_json(evidence).find("band") == std::string::npos);
  evidence.band = {kMonday, std::chrono::minutes{15}, {std::nullopt, ExpectedBand::Bucket{0.51234, 0, 3}}};
  const json::value told = json::parse(evidence_json(evidence));
  CHECK(
      json::serialize(told.at("band")) ==
      R"({"from":"2026-01-05T00:00:00.000Z","bucket":"15m","expected":[null,5.12E-1],"low":[null,0],"high":[null,3]})");

  StreamOptions options;
  options.days = 3;
  auto rows = quiet_stream(options, 5);
  RuleOptions rule = measure_rule(Measure::story, "1 per week");
  rule.min_negative = 0.8;  // those of the stream have 0.9
  TrendDetector detector({rule});
  const auto all = run(detector, rows, false);
  REQUIRE_FALSE(all.empty());
  for (const Transition& t : all) CHECK(t.evidence.band.bucket == 0min);
}
