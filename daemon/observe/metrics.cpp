// Tested by tests/daemon/observe/observe_test.cpp
#include "daemon/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <set>

#include "config/notation/mutex.hpp"
#include "daemon/observe/openmetrics.hpp"
#include "daemon/observe/process_metrics.hpp"

namespace tapewatch {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

Family<Counter>& counter(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
Family<Gauge>& gauge(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
Family<Histogram>& histogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

/// Lets the first `limit` different values through and names the rest "other".
class BoundedLabel {
 public:
  explicit BoundedLabel(std::size_t limit) : limit_(limit) {}
  std::string operator()(std::string_view value) {
    const MutexLock lock(mutex_);
    if (const auto known = seen_.find(value); known != seen_.end()) return *known;
    if (seen_.size() >= limit_) return "other";
    return *seen_.emplace(value).first;
  }

 private:
  Mutex mutex_;
  std::set<std::string, std::less<>> seen_ GUARDED_BY(mutex_);
  const std::size_t limit_;
};

const Histogram::BucketBoundaries kLatency = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                              0.5,   1,      2.5,   5,    10,    30,   60,  300};
const Histogram::BucketBoundaries kTokens = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192};

/// What matters about requests is whether responses are prompt (a page at 0.1 s), slow (1 s), or near their deadline of
/// 30 s. Buckets for each of some forty routes would be most of all series, and no dashboard needs them: the kinds of
/// work differ in time, and the counter names the routes.
const Histogram::BucketBoundaries kRequestSeconds = {0.01, 0.1, 1, 10};

std::string_view request_kind(std::string_view route, std::string_view method) {
  if (!route.starts_with("/v1/")) return "other";
  if (method != "POST") return "query";
  return route == "/v1/documents" ? "push" : route == "/v1/score" ? "score" : "other";
}

std::string_view stage_name(Metrics::Stage stage) {
  switch (stage) {
    case Metrics::Stage::queue:
      return "queue";
    case Metrics::Stage::inference:
      return "inference";
    case Metrics::Stage::store:
      return "store";
    case Metrics::Stage::total:
      return "total";
  }
  return "total";
}

}  // namespace

struct Metrics::Impl {
  Registry registry;
  BoundedLabel source{kMaxLabelValues};

  Family<Gauge>& build = gauge(registry, "tapewatch_build_info", "Constant 1, labelled with version and model.");
  Family<Gauge>& zones =
      gauge(registry, "tapewatch_tzdata_info", "Constant 1, labelled with the version of the time zone data in use.");
  Family<Counter>& documents = counter(registry, "tapewatch_documents_total",
                                       "Documents by source and result: inserted, revised, repeated, rejected.");
  Family<Counter>& late = counter(registry, "tapewatch_late_documents_total",
                                  "Documents that were too old for a live alert when they came, by source.");
  Family<Counter>& parse_warnings =
      counter(registry, "tapewatch_parse_warnings_total",
              "Fields that could not be read and texts put right, by source; their documents are kept.");
  Family<Gauge>& unscored = gauge(registry, "tapewatch_unscored_share",
                                  "Share of the source's latest 200 documents that are stored unscored.");
  Family<Histogram>& latency = histogram(registry, "tapewatch_document_latency_seconds",
                                         "Time of a document in each stage; total is from receipt to commit.");
  Histogram& batch_tokens =
      histogram(registry, "tapewatch_inference_batch_tokens", "Tokens in each batch given to the classifier.")
          .Add({}, kTokens);
  Family<Counter>& cache = counter(registry, "tapewatch_model_cache_total",
                                   "Windows of texts looked for among those scored before; result: hit or miss.");
  Family<Gauge>& queues = gauge(registry, "tapewatch_queue_depth", "Items waiting in each queue.");
  Family<Gauge>& success = gauge(registry, "tapewatch_source_last_success_timestamp_seconds",
                                 "Unix time of the last successful poll or fetch of each source.");
  Family<Counter>& source_errors =
      counter(registry, "tapewatch_source_errors_total", "Errors of each source, by kind.");
  Family<Counter>& dead_letters =
      counter(registry, "tapewatch_dead_letters_total", "Records that could not be turned into documents.");
  Family<Counter>& incarnations =
      counter(registry, "tapewatch_kafka_topic_incarnations_total",
              "Topics that were deleted and created anew, as found by the records that stand in them.");
  Family<Gauge>& lag = gauge(registry, "tapewatch_kafka_lag_records",
                             "Records between the committed position and the end of the log, over all partitions.");
  Family<Gauge>& disorder = gauge(registry, "tapewatch_kafka_disorder_seconds",
                                  "Most that a record was older than the newest one read before it, since the source "
                                  "was opened.");
  Family<Counter>& commits = counter(registry, "tapewatch_commits_total", "Transactions of the writer, by result.");
  Gauge& clock_departure =
      gauge(registry, "tapewatch_clock_departure_seconds",
            "How far the wall clock is from the time that has passed while it is not believed, else 0.")
          .Add({});
  Gauge& event_time_offset =
      gauge(registry, "tapewatch_event_time_offset_seconds", "Event time less the trusted wall clock.").Add({});
  Gauge& wal = gauge(registry, "tapewatch_wal_bytes", "Size of the write-ahead log.").Add({});
  Gauge& disk_free =
      gauge(registry, "tapewatch_disk_free_bytes", "Free space where the database is, for this user.").Add({});
  Gauge& disk_min_free =
      gauge(registry, "tapewatch_disk_min_free_bytes", "Free space below which ingestion pauses (storage.min_free).")
          .Add({});
  Gauge& paused =
      gauge(registry, "tapewatch_ingestion_paused", "1 while documents wait for free space on the disk, else 0.")
          .Add({});
  Family<Gauge>& checks = gauge(registry, "tapewatch_check_ok", "Each check of /readyz: 1, or 0 while it complains.");
  Mutex checks_mutex;
  std::map<std::string, Gauge*> shown_checks GUARDED_BY(checks_mutex);
  Family<Gauge>& alerts = gauge(registry, "tapewatch_alerts", "Alerts by rule and state.");
  Gauge& warming = gauge(registry, "tapewatch_rules_warming_up",
                         "Rules that have watched the news for less than two weeks: what they expect is uncertain.")
                       .Add({});
  Gauge& rescoring = gauge(registry, "tapewatch_rescoring_documents",
                           "Stored documents that the present model is yet to score before the rules learn from it.")
                         .Add({});
  Family<Gauge>& outbox = gauge(registry, "tapewatch_outbox_pending", "Messages waiting for each webhook.");
  Family<Gauge>& outbox_oldest = gauge(registry, "tapewatch_outbox_oldest_pending_timestamp_seconds",
                                       "Unix time of the oldest waiting message of each webhook; 0 when none waits.");
  Family<Counter>& deliveries =
      counter(registry, "tapewatch_webhook_deliveries_total", "Delivery attempts by webhook and outcome.");
  Family<Gauge>& webhook_enabled =
      gauge(registry, "tapewatch_webhook_enabled", "0 for a webhook that answered 410, until it is enabled again.");
  Family<Counter>& output_published =
      counter(registry, "tapewatch_output_published_total", "Records published by each output, by type.");
  Family<Gauge>& output_lag =
      gauge(registry, "tapewatch_output_lag_events", "Events that each output has yet to publish.");
  Family<Gauge>& output_success = gauge(registry, "tapewatch_output_last_success_timestamp_seconds",
                                        "Unix time of the last transaction of each output; 0 before the first.");
  Family<Counter>& output_errors = counter(registry, "tapewatch_output_errors_total",
                                           "Failures of each output, by kind; what failed is tried again.");
  Family<Counter>& output_left_out = counter(registry, "tapewatch_output_left_out_total",
                                             "Records that are larger than their topic takes, by output.");
  Family<Counter>& output_lost =
      counter(registry, "tapewatch_output_lost_events_total",
              "Events that were dropped before an output's brokers took them: they were away for max_backlog events.");
  Gauge& reload = gauge(registry, "tapewatch_config_last_reload_successful",
                        "Whether the last (re)load of the configuration succeeded.")
                      .Add({});
  Family<Counter>& requests =
      counter(registry, "tapewatch_http_requests_total", "HTTP requests by route, method and status.");
  Family<Histogram>& request_seconds =
      histogram(registry, "tapewatch_http_request_seconds", "Time from the end of a request to its answer.");
  Family<Counter>& rate_limited =
      counter(registry, "tapewatch_http_rate_limited_total",
              "HTTP requests answered 429, by who asked too often: a token, a source, or any of the addresses.");
  Family<Gauge>& certificate_expiry =
      gauge(registry, "tapewatch_certificate_expiry_timestamp_seconds",
            "Unix time at which the certificate of the HTTP listener, or one up to its authority, ends.");
  Gauge& connections = gauge(registry, "tapewatch_http_connections", "Open HTTP connections.").Add({});
  Gauge& in_flight = gauge(registry, "tapewatch_http_in_flight", "Requests being worked on by query threads.").Add({});
  Gauge& event_clients = gauge(registry, "tapewatch_http_event_clients", "Open event streams.").Add({});
};

Metrics::Metrics(std::string_view version, std::string_view model) : impl_(std::make_unique<Impl>()) {
  impl_->build.Add({{"version", std::string(version)}, {"model", std::string(model)}}).Set(1);
  impl_->reload.Set(1);
}
Metrics::~Metrics() = default;

void Metrics::count_document(std::string_view source, std::string_view result, double n) {
  impl_->documents.Add({{"source", impl_->source(source)}, {"result", std::string(result)}}).Increment(n);
}
void Metrics::count_late(std::string_view source) { impl_->late.Add({{"source", impl_->source(source)}}).Increment(); }
void Metrics::count_parse_warnings(std::string_view source, std::size_t n) {
  impl_->parse_warnings.Add({{"source", impl_->source(source)}}).Increment(static_cast<double>(n));
}
void Metrics::set_unscored_share(std::string_view source, double share) {
  impl_->unscored.Add({{"source", impl_->source(source)}}).Set(share);
}
void Metrics::observe_latency(Stage stage, Seconds seconds) {
  impl_->latency.Add({{"stage", std::string(stage_name(stage))}}, kLatency).Observe(std::max(0.0, seconds.count()));
}
void Metrics::count_cache(model::LogitCache::Counts counts) {
  impl_->cache.Add({{"result", "hit"}}).Increment(static_cast<double>(counts.hits));
  impl_->cache.Add({{"result", "miss"}}).Increment(static_cast<double>(counts.misses));
}
void Metrics::observe_batch_tokens(double tokens) { impl_->batch_tokens.Observe(tokens); }
void Metrics::set_queue_depth(std::string_view queue, double depth) {
  impl_->queues.Add({{"queue", std::string(queue)}}).Set(depth);
}
void Metrics::source_succeeded(std::string_view source, TimePoint at) {
  const double seconds = std::chrono::duration<double>(at.time_since_epoch()).count();
  impl_->success.Add({{"source", impl_->source(source)}}).Set(seconds);
}
void Metrics::forget_source(std::string_view source) {
  const std::string label = impl_->source(source);
  for (Family<Gauge>* shown : {&impl_->success, &impl_->lag, &impl_->disorder, &impl_->unscored}) {
    shown->Remove(&shown->Add({{"source", label}}));
  }
}
void Metrics::count_source_error(std::string_view source, std::string_view kind) {
  impl_->source_errors.Add({{"source", impl_->source(source)}, {"kind", std::string(kind)}}).Increment();
}
void Metrics::count_dead_letter(std::string_view source) {
  impl_->dead_letters.Add({{"source", impl_->source(source)}}).Increment();
}
void Metrics::count_kafka_incarnation(std::string_view source, double n) {
  impl_->incarnations.Add({{"source", impl_->source(source)}}).Increment(n);
}
void Metrics::set_kafka_lag(std::string_view source, double records) {
  impl_->lag.Add({{"source", impl_->source(source)}}).Set(records);
}
void Metrics::set_kafka_disorder(std::string_view source, double seconds) {
  impl_->disorder.Add({{"source", impl_->source(source)}}).Set(seconds);
}
void Metrics::count_commit(bool succeeded) {
  impl_->commits.Add({{"result", succeeded ? "committed" : "failed"}}).Increment();
}
void Metrics::set_wal_bytes(double bytes) { impl_->wal.Set(bytes); }
void Metrics::set_disk(double free, double min_free) {
  impl_->disk_free.Set(free);
  impl_->disk_min_free.Set(min_free);
}
void Metrics::set_paused(bool paused) { impl_->paused.Set(paused ? 1 : 0); }
void Metrics::set_checks(const std::map<std::string, bool>& checks) {
  const MutexLock lock(impl_->checks_mutex);
  for (const auto& [name, ok] : checks) {
    Gauge*& shown = impl_->shown_checks[name];
    if (shown == nullptr) shown = &impl_->checks.Add({{"check", name}});
    shown->Set(ok ? 1 : 0);
  }
  for (auto check = impl_->shown_checks.begin(); check != impl_->shown_checks.end();) {
    if (checks.contains(check->first)) {
      ++check;
    } else {
      impl_->checks.Remove(check->second);
      check = impl_->shown_checks.erase(check);
    }
  }
}
void Metrics::set_alerts(std::string_view rule, std::string_view state, double n) {
  impl_->alerts.Add({{"rule", std::string(rule)}, {"state", std::string(state)}}).Set(n);
}
void Metrics::set_rules_warming_up(double n) { impl_->warming.Set(n); }

void Metrics::set_outbox(std::string_view webhook, double pending, Seconds oldest) {
  const prometheus::Labels labels{{"webhook", std::string(webhook)}};
  impl_->outbox.Add(labels).Set(pending);
  impl_->outbox_oldest.Add(labels).Set(oldest.count());
}
void Metrics::count_delivery(std::string_view webhook, std::string_view outcome, double n) {
  impl_->deliveries.Add({{"webhook", std::string(webhook)}, {"outcome", std::string(outcome)}}).Increment(n);
}
void Metrics::set_webhook_enabled(std::string_view webhook, bool enabled) {
  impl_->webhook_enabled.Add({{"webhook", std::string(webhook)}}).Set(enabled ? 1 : 0);
}
void Metrics::forget_webhook(std::string_view webhook) {
  const prometheus::Labels labels{{"webhook", std::string(webhook)}};
  for (Family<Gauge>* family : {&impl_->outbox, &impl_->outbox_oldest, &impl_->webhook_enabled}) {
    family->Remove(&family->Add(labels));
  }
}
void Metrics::count_output_published(std::string_view output, std::string_view type, double n) {
  impl_->output_published.Add({{"output", std::string(output)}, {"type", std::string(type)}}).Increment(n);
}
void Metrics::set_output_lag(std::string_view output, double events) {
  impl_->output_lag.Add({{"output", std::string(output)}}).Set(events);
}
void Metrics::output_succeeded(std::string_view output, TimePoint at) {
  const double seconds = std::chrono::duration<double>(at.time_since_epoch()).count();
  impl_->output_success.Add({{"output", std::string(output)}}).Set(seconds);
}
void Metrics::count_output_error(std::string_view output, std::string_view kind) {
  impl_->output_errors.Add({{"output", std::string(output)}, {"kind", std::string(kind)}}).Increment();
}
void Metrics::count_output_left_out(std::string_view output) {
  impl_->output_left_out.Add({{"output", std::string(output)}}).Increment();
}
void Metrics::count_output_lost(std::string_view output, double n) {
  impl_->output_lost.Add({{"output", std::string(output)}}).Increment(n);
}
void Metrics::show_output(std::string_view output) {
  const prometheus::Labels labels{{"output", std::string(output)}};
  for (Family<Counter>* family : {&impl_->output_left_out, &impl_->output_lost}) family->Add(labels);
  for (Family<Gauge>* family : {&impl_->output_lag, &impl_->output_success}) family->Add(labels);
}
void Metrics::forget_output(std::string_view output) {
  const prometheus::Labels labels{{"output", std::string(output)}};
  for (Family<Gauge>* family : {&impl_->output_lag, &impl_->output_success}) family->Remove(&family->Add(labels));
}
void Metrics::set_clocks(Seconds departure, Seconds event_time_offset) {
  impl_->clock_departure.Set(departure.count());
  impl_->event_time_offset.Set(event_time_offset.count());
}
void Metrics::set_zone_data(std::string_view version) { impl_->zones.Add({{"version", std::string(version)}}).Set(1); }
void Metrics::set_rescoring(double documents) { impl_->rescoring.Set(documents); }
void Metrics::set_config_reload(bool succeeded) { impl_->reload.Set(succeeded ? 1 : 0); }
void Metrics::count_request(std::string_view route, std::string_view method, unsigned status, Seconds seconds) {
  impl_->requests
      .Add({{"route", std::string(route)}, {"method", std::string(method)}, {"status", std::to_string(status)}})
      .Increment();
  impl_->request_seconds.Add({{"kind", std::string(request_kind(route, method))}}, kRequestSeconds)
      .Observe(seconds.count());
}
void Metrics::count_rate_limited(std::string_view caller) {
  impl_->rate_limited.Add({{"caller", std::string(caller)}}).Increment();
}
void Metrics::set_certificate_expiry(TimePoint ends) {
  const double seconds = std::chrono::duration<double>(ends.time_since_epoch()).count();
  impl_->certificate_expiry.Add({}).Set(seconds);
}
void Metrics::set_http(double connections, double in_flight, double event_clients) {
  impl_->connections.Set(connections);
  impl_->in_flight.Set(in_flight);
  impl_->event_clients.Set(event_clients);
}

std::string Metrics::expose(Format format) const {
  auto families = impl_->registry.Collect();
  for (auto& family : process_metrics()) families.push_back(std::move(family));
  return format == Format::openmetrics ? openmetrics_text(families) : prometheus::TextSerializer().Serialize(families);
}

}  // namespace tapewatch
