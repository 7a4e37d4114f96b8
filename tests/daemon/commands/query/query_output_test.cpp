#include "daemon/commands/query/query_output.hpp"

#include <boost/json.hpp>

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("a sentiment table has a row for each point; a mean over nothing is empty") {
  const auto answer =
      boost::json::parse(R"({"from":"2026-07-01T00:00:00.000Z","to":"2026-07-01T01:00:00.000Z","series":[
    {"key":{"topic":"earnings"},"points":[
      {"t":"2026-07-01T00:00:00.000Z","documents":3,"stories":2,"positive":1,"neutral":0,"negative":2,
       "negative_stories":1,"mean":-0.3125,"coverage":1.0},
      {"t":"2026-07-01T00:15:00.000Z","documents":0,"stories":0,"positive":0,"neutral":0,"negative":0,
       "negative_stories":0,"mean":null,"coverage":null}]}]})");
  CHECK(
      sentiment_table(answer, 0) ==
      "from                  series          documents  stories  positive  neutral  negative  neg. stories   mean  "
      "coverage\n"
      "2026-07-01T00:00:00Z  topic=earnings          3        2         1        0         2             1  -0.31      "
      "1.00\n"
      "2026-07-01T00:15:00Z  topic=earnings          0        0         0        0         0             0\n");
  CHECK(sentiment_plot(answer, 80).starts_with("topic=earnings\n"));
}

TEST_CASE("a sentiment table names the versions of the model where they change, and only if they do") {
  const auto answer = boost::json::parse(R"({"series":[{"key":{},"points":[
      {"t":"2026-07-01T00:00:00.000Z","documents":3,"models":["v-1"]},
      {"t":"2026-07-01T01:00:00.000Z","documents":4},
      {"t":"2026-07-01T02:00:00.000Z","documents":5,"models":["v-1","v-2"]}]}]})");
  const std::string table = sentiment_table(answer, 0);
  CHECK(table.find("  coverage  model\n") != std::string::npos);
  CHECK(table.find("  v-1\n") < table.find("01:00:00Z"));
  CHECK(table.find("  v-1, v-2\n") > table.find("02:00:00Z"));
}

TEST_CASE("documents and alerts are shown with their main fields") {
  const auto documents = boost::json::parse(R"([{"published_at":"2026-07-01T00:00:00.500Z","label":"negative",
    "sentiment":-0.9,"topic":"energy-oil","source":"wire","title":"Refinery burns"},{"published_at":
    "2026-07-01T00:00:00.000Z","label":"unscored","sentiment":null,"topic":null,"source":"wire","title":"x"}])");
  CHECK(document_table(documents, 0) ==
        "published             label     sentiment  topic       source  title\n"
        "2026-07-01T00:00:00Z  negative      -0.90  energy-oil  wire    Refinery burns\n"
        "2026-07-01T00:00:00Z  unscored                         wire    x\n");
  const auto filings = boost::json::parse(R"([{"published_at":"2026-07-01T00:00:00.500Z","label":"negative",
    "sentiment":-0.9,"topic":"energy-oil","source":"wire","title":"8-K","meta":{"form":["8-K"],"items":["4.02","9.01"]}},
    {"published_at":"2026-07-01T00:00:00.000Z","label":"unscored","sentiment":null,"topic":null,"source":"wire",
     "title":"x","meta":{}}])");
  CHECK(document_table(filings, 0) ==
        "published             label     sentiment  topic       source  meta                      title\n"
        "2026-07-01T00:00:00Z  negative      -0.90  energy-oil  wire    form:8-K items:4.02,9.01  8-K\n"
        "2026-07-01T00:00:00Z  unscored                         wire                              x\n");
  const auto alerts = boost::json::parse(R"([{"id":"a1","rule":"r","severity":"critical","state":"firing","key":
    {"entity":"kesmar"},"started_at":"2026-07-01T00:00:00.000Z","summary":"Kesmar, 14 negative stories","late":false,
    "ended_at":null}])");
  CHECK(alert_table(alerts, 0).find("entity=kesmar                Kesmar, 14 negative stories") != std::string::npos);
  const auto csv = alert_csv(alerts);
  CHECK(csv.starts_with("id,rule,severity,state,"));
  CHECK(csv.find("\"Kesmar, 14 negative stories\"") != std::string::npos);
  CHECK(csv.find("\"{\"\"entity\"\":\"\"kesmar\"\"}\",,,\r\n") != std::string::npos);
}

TEST_CASE("alerts show who acknowledged them, and the verdict") {
  const auto alerts = boost::json::parse(R"([
    {"id":"a1","key":{},"summary":"One","acknowledgement":{"at":"2026-07-01T00:00:00.000Z","by":"Ana","comment":"",
     "verdict":"noise","token":null}},
    {"id":"a2","key":{},"summary":"Two","acknowledgement":{"at":"2026-07-01T00:00:00.000Z","by":"Bo\u001bb","comment":"",
     "verdict":null,"token":null}},
    {"id":"a3","key":{},"summary":"Three","acknowledgement":null}])");
  const auto table = alert_table(alerts, 0);
  CHECK(table.find("Ana: noise    One\n") != std::string::npos);
  CHECK(table.find("Bo\\x1bb       Two\n") != std::string::npos);
  const auto csv = alert_csv(alerts);
  CHECK(csv.find(",key,acknowledged_at,acknowledged_by,verdict\r\n") != std::string::npos);
  CHECK(csv.find(",2026-07-01T00:00:00.000Z,Ana,noise\r\n") != std::string::npos);
  CHECK(csv.ends_with(",,,\r\n"));
}

TEST_CASE("no text of a publisher reaches a terminal as a control character: tables and plots escape it") {
  const auto documents = boost::json::parse(R"([{"published_at":"2026-07-01T00:00:00.500Z","label":"negative",
    "sentiment":-0.9,"topic":"energy-oil","source":"wire\u001b]0;x\u0007","title":"a\nb \u009b2J \u202ec"}])");
  CHECK(document_table(documents, 0).ends_with("wire\\x1b]0;x\\x07  a\\nb \\u009b2J \\u202ec\n"));
  const auto answer = boost::json::parse(R"({"from":"2026\u001b[1m","to":"\u0085","series":[
    {"key":{"source":"wire\u001b[2J"},"points":[{"t":"\u001b[3m","mean":0.5}]}]})");
  for (const std::string& shown : {sentiment_plot(answer, 80), sentiment_table(answer, 0)}) {
    CHECK(shown.find("source=wire\\x1b[2J") != std::string::npos);
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find("\u0085") == std::string::npos);
  }
}
