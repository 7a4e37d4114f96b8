#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace tapewatch {

/// All metrics of the daemon, prefix `tapewatch_`: one method each, so that nobody spells a name twice. Thread-safe.
/// Never a label value that a document chose: source, queue, webhook and rule names come from the configuration.
class Metrics {
 public:
  using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
  enum class Stage {
    queue,
    inference,
    store,
    total
  };  // received→worker, worker→scored, scored→committed, received→committed

  Metrics(std::string_view version, std::string_view model);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void count_document(std::string_view source, std::string_view result,
                      double n = 1);  // documents_total; result: inserted revised repeated rejected
  void observe_latency(Stage stage, std::chrono::duration<double> seconds);  // document_latency_seconds
  void source_succeeded(std::string_view source, TimePoint at);              // source_last_success_timestamp_seconds
  void count_source_error(
      std::string_view source,
      std::string_view kind);  // source_errors_total; kind: a fixed word (timeout, http_status, parse, broker, …)
  void count_dead_letter(std::string_view source);              // dead_letters_total
  void set_kafka_lag(std::string_view source, double records);  // kafka_lag_records
  void set_queue_depth(std::string_view queue, double depth);   // queue_depth
  void observe_batch_tokens(double tokens);                     // inference_batch_tokens
  void count_commit(bool succeeded);                            // commits_total{result}
  void set_outbox(std::string_view webhook, double pending,
                  std::chrono::duration<double>
                      oldest_unix_seconds);  // outbox_pending, outbox_oldest_pending_timestamp_seconds (0: none)
  void count_delivery(
      std::string_view webhook,
      std::string_view outcome);  // webhook_deliveries_total; outcome: delivered retried exhausted disabled
  void set_alerts(std::string_view rule, std::string_view state, double n);  // alerts
  void set_wal_bytes(double bytes);                                          // wal_bytes
  void set_config_reload(bool succeeded);                                    // config_last_reload_successful
  void count_request(std::string_view route, std::string_view method, unsigned status,
                     std::chrono::duration<double> seconds);  // http_requests_total, http_request_seconds
  void set_http(double connections, double in_flight,
                double event_clients);  // http_connections, http_in_flight, http_event_clients

  /// Prometheus text format 0.0.4.
  std::string expose() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapewatch
