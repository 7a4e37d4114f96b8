#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "model/logit_cache.hpp"

namespace tapewatch {

/// All metrics of the daemon, prefix `tapewatch_`: one method each, so that no name is spelled twice. Thread-safe.
/// Label values come from the configuration. The one that a sender can choose (the source of a pushed document) is
/// bounded: after `max_label_values` different ones a family counts the rest under "other".
class Metrics {
 public:
  using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
  using Seconds = std::chrono::duration<double>;

  /// Stages of a document: received → taken by a worker → scored → committed; `total` is received → committed.
  enum class Stage { queue, inference, store, total };

  Metrics(std::string_view version, std::string_view model);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // --- documents ---
  /// documents_total{source,result}; result: inserted, revised, repeated, rejected.
  void count_document(std::string_view source, std::string_view result, double n = 1);
  /// late_documents_total{source}: too old to raise a live alert (storage.max_lateness); they are stored and counted.
  void count_late(std::string_view source);
  /// parse_warnings_total{source}: fields that could not be read, texts put right; the documents are kept.
  void count_parse_warnings(std::string_view source, std::size_t n);
  /// unscored_share{source}: of the latest documents, in [0, 1].
  void set_unscored_share(std::string_view source, double share);
  /// document_latency_seconds{stage}
  void observe_latency(Stage stage, Seconds seconds);
  /// inference_batch_tokens
  void observe_batch_tokens(double tokens);
  /// model_cache_total{result}: windows of texts that were, or were not, among those scored before.
  void count_cache(model::LogitCache::Counts counts);
  /// queue_depth{queue}
  void set_queue_depth(std::string_view queue, double depth);

  // --- sources ---
  /// source_last_success_timestamp_seconds{source}; 0 from the start on, until the first success.
  void source_succeeded(std::string_view source, TimePoint at);
  /// source_errors_total{source,kind}; kind: a fixed word such as timeout, http_status, parse, broker.
  void count_source_error(std::string_view source, std::string_view kind);
  /// dead_letters_total{source}
  void count_dead_letter(std::string_view source);
  /// kafka_topic_incarnations_total{source}: topics that were found to be others of the same name.
  void count_kafka_incarnation(std::string_view source, double n = 1);
  /// kafka_lag_records{source}
  void set_kafka_lag(std::string_view source, double records);
  /// kafka_disorder_seconds{source}
  void set_kafka_disorder(std::string_view source, double seconds);

  // --- storage ---
  /// commits_total{result}: committed or failed.
  void count_commit(bool succeeded);
  /// wal_bytes
  void set_wal_bytes(double bytes);
  /// disk_free_bytes, disk_min_free_bytes; below the second ingestion pauses.
  void set_disk(double free, double min_free);
  /// ingestion_paused
  void set_paused(bool paused);

  // --- alerts ---
  /// alerts{rule,state}
  void set_alerts(std::string_view rule, std::string_view state, double n);
  /// rules_warming_up
  void set_rules_warming_up(double n);
  /// outbox_pending{webhook}, outbox_oldest_pending_timestamp_seconds{webhook}; `oldest`: Unix seconds, 0 for none.
  void set_outbox(std::string_view webhook, double pending, Seconds oldest);
  /// webhook_deliveries_total{webhook,outcome}; outcome: delivered, retried, exhausted, disabled.
  void count_delivery(std::string_view webhook, std::string_view outcome, double n = 1);
  /// Its last success, lag and shares are not shown any more: a reload has removed the source, and nobody is to wait
  /// for it.
  void forget_source(std::string_view source);
  /// Nothing more is shown of a webhook that a reload has removed.
  void forget_webhook(std::string_view webhook);
  /// webhook_enabled{webhook}: 0 after a 410, until it is enabled again.
  void set_webhook_enabled(std::string_view webhook, bool enabled);

  // --- outputs ---
  /// output_published_total{output,type}; type: document, alert, gap.
  void count_output_published(std::string_view output, std::string_view type, double n);
  /// output_lag_events{output}: stored and not yet published.
  void set_output_lag(std::string_view output, double events);
  /// output_last_success_timestamp_seconds{output}; 0 from the start on, until the first transaction.
  void output_succeeded(std::string_view output, TimePoint at);
  /// output_errors_total{output,kind}; kind: again, aborted, lost, too_large, failed, halted.
  void count_output_error(std::string_view output, std::string_view kind);
  /// output_left_out_total{output}: records that their topic does not take.
  void count_output_left_out(std::string_view output);
  /// output_lost_events_total{output}: dropped by the database before the brokers took them.
  void count_output_lost(std::string_view output, double n);
  /// Its series, from the start on: a first increase can be seen.
  void show_output(std::string_view output);
  /// Its lag and last success are not shown any more: a reload has removed it.
  void forget_output(std::string_view output);

  // --- the process ---
  /// check_ok{check}: what /readyz says; one that is not among them any more is not shown any more.
  void set_checks(const std::map<std::string, bool>& checks);
  /// tzdata_info{version}: the time zone data that is in use.
  void set_zone_data(std::string_view version);
  /// clock_departure_seconds: how far the wall clock is off while it is not believed, else 0;
  /// event_time_offset_seconds: event time less wall clock, 0 before the first row.
  void set_clocks(Seconds departure, Seconds event_time_offset);
  /// rescoring_documents: stored ones that the present model is yet to score before the rules learn from it.
  void set_rescoring(double documents);
  /// config_last_reload_successful
  void set_config_reload(bool succeeded);
  /// http_requests_total{route,method,status}, http_request_seconds{kind}; `route` is a pattern, never a path, and
  /// decides the kind: query, push, score, other.
  void count_request(std::string_view route, std::string_view method, unsigned status, Seconds seconds);
  /// http_rate_limited_total{caller}: requests answered 429; `caller`: "token desk", "source /ingest/wire" or
  /// "addresses", all of them together.
  void count_rate_limited(std::string_view caller);
  /// certificate_expiry_timestamp_seconds: of the listener's; not shown until it is set.
  void set_certificate_expiry(TimePoint ends);
  /// http_connections, http_in_flight, http_event_clients
  void set_http(double connections, double in_flight, double event_clients);

  /// All of it, with `process_*`, as Prometheus text format 0.0.4 or as OpenMetrics 1.0.
  enum class Format { prometheus, openmetrics };
  std::string expose(Format format = Format::prometheus) const;

  static constexpr std::size_t kMaxLabelValues = 200;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapewatch
