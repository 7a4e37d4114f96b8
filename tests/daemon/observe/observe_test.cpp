#include "daemon/observe/log.hpp"

#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>

#include <spdlog/sinks/sink.h>
#include "daemon/observe/metrics.hpp"
#include "daemon/observe/openmetrics.hpp"
#include "daemon/observe/outage.hpp"
#include "daemon/observe/process_metrics.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

/// The line that a logger writes for one message.
std::string line_of(std::string_view format, std::string_view message) {
  const spdlog::log_clock::time_point at(1'795'341'600'123ms);
  spdlog::memory_buf_t line;
  log_formatter(format)->format(
      spdlog::details::log_msg(at, {}, "http", spdlog::level::warn, {message.data(), message.size()}), line);
  return {line.data(), line.size()};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("metrics have the contract's names and labels") {
  Metrics metrics("1.2.3", "model+1");
  metrics.count_document("wire", "inserted", 3);
  metrics.observe_latency(Metrics::Stage::total, 20ms);
  metrics.source_succeeded("wire", Metrics::TimePoint(1'700'000'000'000ms));
  metrics.set_kafka_lag("wire", 12);
  metrics.count_kafka_incarnation("wire");
  metrics.set_kafka_disorder("wire", 1.5);
  metrics.set_queue_depth("documents", 4);
  metrics.observe_batch_tokens(100);
  metrics.count_cache({.hits = 2, .misses = 1});
  metrics.set_outbox("desk", 2, Metrics::Seconds(1'700'000'000));
  metrics.count_delivery("desk", "delivered");
  metrics.set_alerts("burst", "firing", 1);
  metrics.set_wal_bytes(4096);
  metrics.set_paused(true);
  metrics.count_late("wire");
  metrics.source_succeeded("gone", {});
  metrics.set_kafka_lag("gone", 5);
  metrics.forget_source("gone");
  metrics.show_output("desk");
  metrics.count_output_published("desk", "alert", 2);
  metrics.count_output_error("desk", "again");
  metrics.count_output_left_out("desk");
  metrics.count_output_lost("desk", 5);
  metrics.output_succeeded("desk", Metrics::TimePoint(1'700'000'000'000ms));
  metrics.show_output("old");
  metrics.forget_output("old");
  metrics.set_disk(4'000, 2'000);
  metrics.set_checks({{"disk", true}, {"webhook desk", false}, {"clock", true}});
  metrics.set_checks({{"disk", false}, {"clock", true}});
  metrics.set_zone_data("2026f");
  metrics.set_rules_warming_up(2);
  metrics.set_config_reload(false);
  metrics.count_request("/v1/documents/{id}", "GET", 200, 1ms);
  metrics.count_rate_limited("token desk");
  metrics.set_certificate_expiry(Metrics::TimePoint(1'800'000'000'000ms));
  const std::string text = metrics.expose();
  for (const char* line :
       {"tapewatch_build_info{model=\"model+1\",version=\"1.2.3\"} 1",
        "tapewatch_documents_total{result=\"inserted\",source=\"wire\"} 3",
        "tapewatch_document_latency_seconds_count{stage=\"total\"} 1",
        "tapewatch_source_last_success_timestamp_seconds{source=\"wire\"} 1700000000",
        "tapewatch_kafka_lag_records{source=\"wire\"} 12",
        "tapewatch_kafka_topic_incarnations_total{source=\"wire\"} 1",
        "tapewatch_kafka_disorder_seconds{source=\"wire\"} 1.5",
        "tapewatch_queue_depth{queue=\"documents\"} 4",
        "tapewatch_inference_batch_tokens_count 1",
        "tapewatch_model_cache_total{result=\"hit\"} 2",
        "tapewatch_model_cache_total{result=\"miss\"} 1",
        "tapewatch_rules_warming_up 2",
        "tapewatch_outbox_pending{webhook=\"desk\"} 2",
        "tapewatch_outbox_oldest_pending_timestamp_seconds{webhook=\"desk\"} 1700000000",
        "tapewatch_webhook_deliveries_total{outcome=\"delivered\",webhook=\"desk\"} 1",
        "tapewatch_alerts{rule=\"burst\",state=\"firing\"} 1",
        "tapewatch_wal_bytes 4096",
        "tapewatch_ingestion_paused 1",
        "tapewatch_late_documents_total{source=\"wire\"} 1",
        "tapewatch_output_published_total{output=\"desk\",type=\"alert\"} 2",
        "tapewatch_output_lag_events{output=\"desk\"} 0",
        "tapewatch_output_last_success_timestamp_seconds{output=\"desk\"} 1700000000",
        "tapewatch_output_errors_total{kind=\"again\",output=\"desk\"} 1",
        "tapewatch_output_left_out_total{output=\"desk\"} 1",
        "tapewatch_output_lost_events_total{output=\"desk\"} 5",
        "tapewatch_disk_free_bytes 4000",
        "tapewatch_disk_min_free_bytes 2000",
        "tapewatch_check_ok{check=\"disk\"} 0",
        "tapewatch_check_ok{check=\"clock\"} 1",
        "tapewatch_config_last_reload_successful 0",
        "tapewatch_tzdata_info{version=\"2026f\"} 1",
        "tapewatch_http_requests_total{method=\"GET\",route=\"/v1/documents/{id}\",status=\"200\"} 1",
        "tapewatch_http_request_seconds_bucket{kind=\"query\",le=\"0.01\"} 1",
        "tapewatch_http_rate_limited_total{caller=\"token desk\"} 1",
        "tapewatch_certificate_expiry_timestamp_seconds 1800000000",
        "process_open_fds ",
        "process_max_fds ",
        "process_cpu_seconds_total ",
        "process_resident_memory_bytes ",
        "process_virtual_memory_bytes ",
        "process_start_time_seconds ",
        "process_threads "}) {
    CAPTURE(line);
    CHECK(has(text, line));
  }
  CHECK_FALSE(has(text, "source=\"gone\""));
  CHECK_FALSE(has(text, "tapewatch_output_lag_events{output=\"old\"}"));
  CHECK_FALSE(has(text, "webhook desk"));  // /readyz has dropped that check
}

TEST_CASE("request times are measured by kind of work, not by route") {
  Metrics metrics("1", "m");
  for (const char* route : {"/v1/documents", "/v1/documents/{id}", "/v1/alerts", "/v1/sentiment", "/", "/metrics",
                            "/v1/session", "/v1/score", "none"}) {
    for (const char* method : {"GET", "HEAD", "POST", "DELETE", "other"}) {
      metrics.count_request(route, method, 200, 1ms);
    }
  }
  const std::string text = metrics.expose();
  std::size_t series = 0;
  for (std::size_t at = 0; (at = text.find("\ntapewatch_http_request_seconds", at)) != std::string::npos; ++at) {
    ++series;
  }
  CHECK(series == 4 * 7);  // query, push, score, other: four bounds, infinity, sum and count
}

TEST_CASE("the process reports its resource use") {
  std::map<std::string, double> found;
  for (const auto& family : process_metrics()) {
    REQUIRE(family.metric.size() == 1);
    const bool counter = family.type == prometheus::MetricType::Counter;
    CHECK(counter == family.name.ends_with("_total"));
    found[family.name] = counter ? family.metric[0].counter.value : family.metric[0].gauge.value;
  }
  CHECK(found.size() == 8);
  CHECK(found.at("process_threads") >= 1);
  CHECK(found.at("process_resident_memory_bytes") > 1e6);
  CHECK(found.at("process_virtual_memory_bytes") >= found.at("process_resident_memory_bytes"));
  CHECK(found.at("process_cpu_seconds_total") >= 0);
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  CHECK(std::abs(now - found.at("process_start_time_seconds")) < 3600);
  const double before = found.at("process_open_fds");
  const std::ifstream file("/proc/self/stat");
  for (const auto& family : process_metrics()) {
    if (family.name == "process_open_fds") CHECK(family.metric[0].gauge.value == before + 1);
  }
}

TEST_CASE("OpenMetrics: families without _total, canonical bounds, escapes, EOF") {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families(4);
  families[0] = {"a_total", "Say \"a\"\nand \\.", MetricType::Counter, {prometheus::ClientMetric{}}};
  families[0].metric[0].label = {{"x", "q\"\\\n"}};
  families[0].metric[0].counter.value = 3;
  families[1] = {"b", "B.", MetricType::Gauge, {prometheus::ClientMetric{}}};
  families[1].metric[0].gauge.value = std::nan("");
  families[2] = {"c_seconds", "C.", MetricType::Histogram, {prometheus::ClientMetric{}}};
  families[2].metric[0].histogram = {2, 1.5, {{1, 0.25}, {2, 10}, {2, std::numeric_limits<double>::infinity()}}};
  families[3] = {"empty", "Nothing.", MetricType::Gauge, {}};
  CHECK(openmetrics_text(families) == R"(# HELP a Say \"a\"\nand \\.
# TYPE a counter
a_total{x="q\"\\\n"} 3
# HELP b B.
# TYPE b gauge
b NaN
# HELP c_seconds C.
# TYPE c_seconds histogram
c_seconds_bucket{le="0.25"} 1
c_seconds_bucket{le="10.0"} 2
c_seconds_bucket{le="+Inf"} 2
c_seconds_count 2
c_seconds_sum 1.5
# EOF
)");
}

TEST_CASE("a sender cannot make a new series for every document") {
  Metrics metrics("1", "m");
  for (std::size_t i = 0; i < Metrics::kMaxLabelValues + 50; ++i) {
    metrics.count_document("source-" + std::to_string(i), "inserted");
  }
  const std::string text = metrics.expose();
  CHECK(has(text, "source=\"source-199\""));
  CHECK_FALSE(has(text, "source=\"source-200\""));
  CHECK(has(text, "tapewatch_documents_total{result=\"inserted\",source=\"other\"} 50"));
}

TEST_CASE("a hostile headline cannot forge a log line") {
  CHECK(line_of("text", "a\nERROR b\x1b[31m\u009b\u202e") ==
        ("2026-11-22T10:00:00.123Z warning http: a\\nERROR b\\x1b[31m\\u009b\\u202e\n"));
  CHECK(line_of("text", "café — 100 %").ends_with(" http: café — 100 %\n"));
  CHECK(line_of("json", "say \"hi\"\\\n\x01\xff")
            .ends_with(R"("level":"warning","component":"http","message":"say \"hi\"\\\n\u0001)"
                       "\xef\xbf\xbd\"}\n"));
}

TEST_CASE("URLs are logged without possibly secret parts") {
  CHECK(loggable_url("https://user:pass@host:1/path?token=x#y") == "https://host:1/path?…");
  CHECK(loggable_url("https://host/a@b") == "https://host/a@b");
  CHECK(loggable_url("https://host/#key") == "https://host/#…");
  CHECK(loggable_url("http://[::1]:8080") == "http://[::1]:8080");
  CHECK(loggable_url("https://user:p@ss@host/path") == "an unreadable address");
  CHECK(loggable_url("host:secret") == "an unreadable address");
}

TEST_CASE("an outage is logged at once, after ten minutes, and then every hour") {
  using namespace std::chrono_literals;
  Outage outage;
  const Outage::TimePoint start{1'000'000ms};
  std::vector<std::chrono::minutes> said;
  for (auto t = 0min; t < 180min; t += 1min) {
    if (outage.failed(start + t)) said.push_back(t);
  }
  CHECK(said == std::vector<std::chrono::minutes>{0min, 10min, 70min, 130min});
  CHECK(outage.failures() == 180);
  CHECK(outage.lasts(start + 179min + 30s) == 179min);
  CHECK(outage.recovered());
  CHECK_FALSE(outage.recovered());
  CHECK(outage.failed(start + 200min));
}

TEST_CASE("log levels and formats are refused by name") {
  CHECK_THROWS_WITH(make_logger("loud", "text"), Catch::Contains("loud"));
  CHECK_THROWS_WITH(make_logger("info", "xml"), Catch::Contains("xml"));
  const auto log = make_logger("warning", "json");
  CHECK(log->sinks().at(0)->level() == spdlog::level::warn);
  const auto part = component(log, "http");
  set_log_level(*log, "debug");  // also of the loggers that exist
  CHECK(part->sinks().at(0)->should_log(spdlog::level::debug));
  CHECK_FALSE(part->sinks().at(0)->should_log(spdlog::level::trace));
  CHECK_THROWS_WITH(set_log_level(*log, "loud"), Catch::Contains("loud"));
  CHECK(component(make_logger("debug", "text"), "http")->name() == "http");
}
