#include "daemon/observe/log.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/observe/outage.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("metrics have the contract's names and labels") {
  Metrics metrics("1.2.3", "model+1");
  metrics.count_document("wire", "inserted", 3);
  metrics.observe_latency(Metrics::Stage::total, 20ms);
  metrics.source_succeeded("wire", Metrics::TimePoint(1'700'000'000'000ms));
  metrics.set_kafka_lag("wire", 12);
  metrics.set_queue_depth("documents", 4);
  metrics.observe_batch_tokens(100);
  metrics.set_outbox("desk", 2, Metrics::Seconds(1'700'000'000));
  metrics.count_delivery("desk", "delivered");
  metrics.set_alerts("burst", "firing", 1);
  metrics.set_wal_bytes(4096);
  metrics.set_zone_data("2026f");
  metrics.set_config_reload(false);
  metrics.count_request("/v1/documents/{id}", "GET", 200, 1ms);
  const std::string text = metrics.expose();
  for (const char* line :
       {"tapewatch_build_info{model=\"model+1\",version=\"1.2.3\"} 1",
        "tapewatch_documents_total{result=\"inserted\",source=\"wire\"} 3",
        "tapewatch_document_latency_seconds_count{stage=\"total\"} 1",
        "tapewatch_source_last_success_timestamp_seconds{source=\"wire\"} 1700000000",
        "tapewatch_kafka_lag_records{source=\"wire\"} 12", "tapewatch_queue_depth{queue=\"documents\"} 4",
        "tapewatch_inference_batch_tokens_count 1", "tapewatch_outbox_pending{webhook=\"desk\"} 2",
        "tapewatch_outbox_oldest_pending_timestamp_seconds{webhook=\"desk\"} 1700000000",
        "tapewatch_webhook_deliveries_total{outcome=\"delivered\",webhook=\"desk\"} 1",
        "tapewatch_alerts{rule=\"burst\",state=\"firing\"} 1", "tapewatch_wal_bytes 4096",
        "tapewatch_config_last_reload_successful 0", "tapewatch_tzdata_info{version=\"2026f\"} 1",
        "route=\"/v1/documents/{id}\""}) {
    CAPTURE(line);
    CHECK(has(text, line));
  }
}

TEST_CASE("a sender cannot make a new series for every document") {
  Metrics metrics("1", "m");
  for (std::size_t i = 0; i < Metrics::max_label_values + 50; ++i) {
    metrics.count_document("source-" + std::to_string(i), "inserted");
  }
  const std::string text = metrics.expose();
  CHECK(has(text, "source=\"source-199\""));
  CHECK_FALSE(has(text, "source=\"source-200\""));
  CHECK(has(text, "tapewatch_documents_total{result=\"inserted\",source=\"other\"} 50"));
}

TEST_CASE("a hostile headline cannot forge a log line") {
  CHECK(escape_log_text("a\nERROR b\x1b[31m") == "a\\nERROR b\\x1b[31m");
  CHECK(escape_log_text("say \"hi\"\\\n\x01", LogText::json) == R"(say \"hi\"\\\n\u0001)");
  CHECK(escape_log_text("café — 100 %") == "café — 100 %");
}

TEST_CASE("URLs are logged without what may be secret") {
  CHECK(loggable_url("https://user:pass@host:1/path?token=x#y") == "https://host:1/path?…");
  CHECK(loggable_url("https://host/a@b") == "https://host/a@b");
  CHECK(loggable_url("https://host/#key") == "https://host/#…");
  CHECK(loggable_url("host") == "host");
}

TEST_CASE("of an address whose path is a secret only the host is logged") {
  CHECK(loggable_host("https://user:pass@hooks.example.com:8443/services/T0/B0/secret?x=1") ==
        "https://hooks.example.com:8443");
  CHECK(loggable_host("http://host") == "http://host");
  CHECK(loggable_host("host/secret") == "host");
}

TEST_CASE("an outage is said at once, after ten minutes, and then every hour") {
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
  CHECK(make_logger("warning", "json")->level() == spdlog::level::warn);
  CHECK(component(make_logger("debug", "text"), "http")->name() == "http");
}
