#include "daemon/api/format/sentiment_text.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

storage::SentimentPoint point_at(const SentimentAnswer& answer, std::size_t bucket, std::int64_t documents) {
  storage::SentimentPoint point;
  point.bucket = bucket;
  point.t = answer.edges()[bucket];
  point.documents = point.negative = point.scored = documents;
  point.sum = -0.5 * static_cast<double>(documents);
  point.mean = point.document_mean = -0.5;
  return point;
}

/// Two companies over five hours, the last of which is not over: one with news in the first and the third, one in the
/// last.
struct Told {
  SentimentAnswer answer;
  std::vector<ToldSeries> series;
};

Told two_companies(Format format, bool by_series, bool fill) {
  Told told;
  SentimentAnswer& answer = told.answer;
  const WallTime nine = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 9h;
  for (int hour = 0; hour <= 5; ++hour) answer.request.query.edges.push_back(nine + std::chrono::hours{hour});
  answer.request.query.by_entity = true;
  answer.request.buckets.bucket = Bucket::hour;
  answer.request.buckets.time_zone = "UTC";
  answer.request.format = format;
  answer.request.by_series = by_series;
  answer.request.fill = fill;
  answer.now = nine + 4h + 30min;
  answer.coverage[""] = {1.0, 0.5, std::nullopt, 1.0, 1.0};
  told.series.resize(2);
  told.series[0].series.key.entity = "acme, \"inc\"";
  told.series[0].series.points = {point_at(answer, 0, 2), point_at(answer, 2, 1)};
  told.series[0].series.points[1].models = {"m1", "m2"};
  told.series[1].series.key.entity = "halden";
  told.series[1].series.points = {point_at(answer, 4, 7)};
  return told;
}

std::string whole(Told told, std::size_t points) {
  told.answer.series = [series = std::move(told.series), next = std::size_t{0}]() mutable {
    return next < series.size() ? std::optional(series[next++]) : std::nullopt;
  };
  SentimentText text(std::move(told.answer));
  std::string all;
  while (const auto part = text.next(points)) all += *part;
  CHECK(text.is_over());
  return all;
}

}  // namespace

TEST_CASE("sentiment as text is the same in parts of any size") {
  for (const Format format : {Format::json, Format::csv, Format::ndjson}) {
    for (const bool by_series : {true, false}) {
      for (const bool fill : {true, false}) {
        const std::string all = whole(two_companies(format, by_series, fill), 1'000);
        for (const std::size_t points : {1u, 2u, 3u, 5u, 10u}) {
          CAPTURE(int(format), by_series, fill, points);
          CHECK(whole(two_companies(format, by_series, fill), points) == all);
        }
        if (format == Format::json) CHECK(json::parse(all).is_object());
      }
    }
  }
}

TEST_CASE("sentiment as text: buckets without news are filled with nothing known, or left out") {
  const auto filled = json::parse(whole(two_companies(Format::json, true, true), 4));
  const auto& series = filled.at("series").as_array();
  REQUIRE(series.size() == 2);
  CHECK(series[0].at("key").at("entity") == "acme, \"inc\"");
  const auto& points = series[0].at("points").as_array();
  REQUIRE(points.size() == 5);
  CHECK(points[0].at("documents") == 2);
  CHECK(points[0].at("mean") == -0.5);
  CHECK(points[1].at("t") == "2026-03-02T10:00:00.000Z");
  CHECK(points[1].at("documents") == 0);
  CHECK(points[1].at("mean").is_null());
  CHECK(points[1].at("coverage") == 0.5);
  CHECK(points[2].at("coverage").is_null());
  CHECK(points[2].at("models") == json::parse(R"(["m1","m2"])"));
  CHECK_FALSE(points[3].as_object().contains("models"));
  CHECK(points[3].at("complete") == true);
  CHECK(points[4].at("complete") == false);

  const auto rows = json::parse(whole(two_companies(Format::json, false, false), 2)).at("rows").as_array();
  REQUIRE(rows.size() == 3);
  CHECK(rows[2].at("entity") == "halden");
  CHECK(rows[2].at("t") == "2026-03-02T13:00:00.000Z");
}

TEST_CASE("sentiment as text: one header, then one line a point") {
  const std::string csv = whole(two_companies(Format::csv, true, false), 1);
  CHECK(csv ==
        "t,entity,documents,stories,positive,neutral,negative,negative_stories,abstained,unscored,scored,sum,"
        "sum_squares,mean,stderr,coverage,complete,models,document_mean,story_mean,watched\r\n"
        "2026-03-02T09:00:00.000Z,\"acme, \"\"inc\"\"\",2,0,0,0,2,0,0,0,2,-1,0,-0.5,,1,true,,-0.5,,true\r\n"
        "2026-03-02T11:00:00.000Z,\"acme, \"\"inc\"\"\",1,0,0,0,1,0,0,0,1,-0.5,0,-0.5,,,true,m1;m2,-0.5,,true\r\n"
        "2026-03-02T13:00:00.000Z,halden,7,0,0,0,7,0,0,0,7,-3.5,0,-0.5,,1,false,,-0.5,,true\r\n");
  const std::string lines = whole(two_companies(Format::ndjson, true, false), 1);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 3);
  CHECK(json::parse(lines.substr(0, lines.find('\n'))).at("entity") == "acme, \"inc\"");
}

TEST_CASE("sentiment as text: of a company that was not watched nothing is known, unless there is something") {
  Told told = two_companies(Format::json, true, true);
  told.series[0].watched = {false, false, true, true, true};
  const auto points = json::parse(whole(told, 3)).at("series").at(0).at("points").as_array();
  REQUIRE(points.size() == 5);
  CHECK(points[0].at("documents") == 2);
  CHECK(points[0].at("watched") == false);
  for (const char* name :
       {"documents", "stories", "negative", "negative_stories", "scored", "sum", "mean", "story_mean"}) {
    CAPTURE(name);
    CHECK(points[1].at(name).is_null());
  }
  CHECK(points[1].at("watched") == false);
  CHECK(points[1].at("coverage") == 0.5);
  CHECK(points[3].at("documents") == 0);
  CHECK(points[3].at("watched") == true);
  told.answer.request.format = Format::csv;
  CHECK(whole(told, 3).find("2026-03-02T10:00:00.000Z,\"acme, \"\"inc\"\"\",,,,,,,,,,,,,,0.5,true,,,,false\r\n") !=
        std::string::npos);
  told.answer.request.query.by_entity = false;
  told.series[0].watched.reset();
  CHECK(whole(told, 3).find("watched") == std::string::npos);
}

TEST_CASE("sentiment as text: percentiles are named by their numbers, and null where no document is scored") {
  Told told = two_companies(Format::json, true, true);
  told.answer.request.query.percentiles = {5, 99.9};
  told.series[0].series.points[0].percentiles = {-0.75, 0.25};
  const auto points = json::parse(whole(told, 2)).at("series").at(0).at("points").as_array();
  CHECK(points[0].at("p5") == -0.75);
  CHECK(points[0].at("p99.9") == 0.25);
  CHECK(points[1].at("p5").is_null());
  CHECK(points[2].at("p99.9").is_null());
  told.answer.request.format = Format::csv;
  told.answer.request.fill = false;
  const std::string csv = whole(told, 2);
  CHECK(csv.find(",document_mean,story_mean,watched,p5,p99.9\r\n") != std::string::npos);
  CHECK(csv.find(",-0.5,,true,-0.75,0.25\r\n") != std::string::npos);
  CHECK(csv.find(",m1;m2,-0.5,,true,,\r\n") != std::string::npos);
}

TEST_CASE("sentiment as text of nothing is still a whole answer") {
  Told told = two_companies(Format::json, true, true);
  told.series.clear();
  CHECK(json::parse(whole(std::move(told), 1)).at("series").as_array().empty());
}
