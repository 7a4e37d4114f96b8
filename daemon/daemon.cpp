// Tested by tests/e2e/daemon/spine_test.py
#include "daemon/daemon.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <csignal>

#include "daemon/io_thread.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/loop_options.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/observe/migration_log.hpp"
#include "daemon/observe/service_manager.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/observe/spare_memory.hpp"
#include "daemon/outputs.hpp"
#include "daemon/pipeline/delivery/heartbeat_loop.hpp"
#include "daemon/pipeline/delivery/webhook_loop.hpp"
#include "daemon/pipeline/intake/contact_log.hpp"
#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/pipeline/rescoring/baseline_refit.hpp"
#include "daemon/pipeline/scoring/inference_loop.hpp"
#include "daemon/pipeline/trusted_clock.hpp"
#include "daemon/pipeline/writing/account_loop.hpp"
#include "daemon/pipeline/writing/configured_silences.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "daemon/pipeline/writing/retention_loop.hpp"
#include "daemon/preconditions.hpp"
#include "daemon/readiness.hpp"
#include "daemon/reload/live_config.hpp"
#include "daemon/reloader.hpp"
#include "daemon/routes.hpp"
#include "daemon/server/server.hpp"
#include "daemon/service_watch.hpp"
#include "daemon/shutdown_deadline.hpp"
#include "daemon/shutdown_stack.hpp"
#include "daemon/sources.hpp"
#include "daemon/status.hpp"
#include "daemon/stop_request.hpp"
#include "daemon/stop_signals.hpp"
#include "daemon/watched_loops.hpp"
#include "storage/clock.hpp"

namespace tapewatch {
namespace {
constexpr std::size_t kCommandLane = 1024;  // receipts and the like waiting for the writer
}  // namespace

/// Members are in the order of the wiring and are destroyed in reverse.
struct Daemon::Impl {
  Impl(config::Config the_config, std::shared_ptr<spdlog::logger> the_log, DaemonParts the_parts);

  void start();
  int wait(std::optional<std::chrono::milliseconds> limit);
  bool shut_down();
  void outlive(const std::exception& failure);
  void fail(const char* part, const std::exception& failure);
  HistoryRescoringParts rescoring_parts();
  template <class Part>
  void stop_on_io(Part& part) {
    io.run_and_wait([&part](auto done) { part.stop(std::move(done)); });
  }

  const config::Config config;  // of the start: what a reload cannot change
  const std::shared_ptr<spdlog::logger> log;
  const DaemonParts parts;
  const std::shared_ptr<TrustedClock> trusted;  // null where another clock was given
  const std::shared_ptr<const EventClock> clock;
  ServiceManager manager;
  StopRequest stop_request;
  std::shared_ptr<const model::ModelPackage> model;
  model::Prior prior;
  const std::shared_ptr<ScorerFactory> scorers;
  const std::string model_version;
  LiveConfig live;
  storage::Connection database;
  const std::shared_ptr<Shortages> shortages;
  Metrics metrics;
  DocumentQueue documents;
  WriterQueue writer_queue;
  ContactLog contacts;
  CommitNotifier notifier;
  RuleBoard rules;
  Applier applier;
  WriterLoop writer;
  InferenceLoop inference;

  IoThread io;
  StopSignals signals;
  ReaderPool readers;
  SourceRegistry registry;
  std::vector<std::uint32_t> extra_slots;
  QueueIntake intake;
  Sources sources;
  Outputs outputs;
  Authenticator auth;
  CertificateWatch certificate;
  Status status;
  ServiceWatch service_watch;
  Router router;
  HttpServer http;
  WebhookLoop webhooks;
  RetentionLoop retention;
  HeartbeatLoop heartbeats;
  AccountLoop account;
  Reloader reloader;
  RescoringTask rescoring;
  BaselineRefit refit;
  ShutdownStack stack;
  std::uint64_t commit_subscription = 0;
  std::uint64_t lost_connections = 0;        // so far, to a lack of memory; io thread only
  std::optional<ShutdownDeadline> deadline;  // from start() on
  bool started = false;
};

Daemon::Impl::Impl(config::Config the_config, std::shared_ptr<spdlog::logger> the_log, DaemonParts the_parts)
    : config((require_free_ports(the_config.daemon.listen), prepare_data_dir(the_config.daemon.data_dir),
              std::move(the_config))),
      log(std::move(the_log)),
      parts(std::move(the_parts)),
      trusted(parts.clock ? nullptr : std::make_shared<TrustedClock>(component(log, "clock"))),
      clock(trusted ? trusted : parts.clock),
      model(parts.model ? parts.model
                        : model::load_model(config.model.path,
                                            model::engine_named(config.model.precision, config.model.kernels))),
      prior(load_prior(config.model, *model)),
      scorers(std::make_shared<ScorerFactory>(model, config.model, prior, [this] { return live.finder(); })),
      model_version(model::version_with(model->version(), prior)),
      live({std::make_shared<const config::Config>(config),
            parts.finder ? parts.finder : load_watchlist(config.ingest.entities.watchlist)}),
      database(storage::Connection::open_writer(config.storage.path, config.storage,
                                                migration_log(component(log, "storage")))),
      shortages(std::make_shared<Shortages>(component(log, "system"))),
      metrics(TAPEWATCH_VERSION, model_version),
      documents(config.daemon.documents_queue),
      writer_queue(config.daemon.scored_queue, kCommandLane),
      contacts(writer_queue, config.storage),
      applier(database, applier_options(config, model_version, clock)),
      writer({.min_free = config.storage.min_free, .most_wal_bytes = config.storage.wal_keep_bytes},
             {.connection = database,
              .applier = applier,
              .queue = writer_queue,
              .clock = *clock,
              .notifier = notifier,
              .metrics = metrics,
              .rules = rules,
              .log = component(log, "writer"),
              .failpoint = Failpoint::from_environment(),
              .observer = parts.observer,
              .on_fatal = [this](const std::string&) { stop_request.ask(true); },
              .settled = [this] { return trusted ? trusted->settled() : std::nullopt; },
              .catching_up = [this] { return sources.catching_up(); },
              .backlog = [this] { return documents.size() > config.model.max_batch; },
              .keeps_run = true}),
      inference(
          inference_options(config), documents, writer_queue,
          {[this] { return scorers->make(Lane::news); }, [this](Scorer& scorer) { scorer.watch(live.finder()); }},
          *clock,
          [this](std::size_t scored, std::size_t tokens, std::chrono::steady_clock::duration took) {
            metrics.observe_batch_tokens(static_cast<double>(tokens));
            metrics.count_cache(scorers->cache().take_counts());
            while (scored-- > 0) metrics.observe_latency(Metrics::Stage::inference, took);  // each one waits for all
            metrics.set_queue_depth("documents", static_cast<double>(documents.size()));
          },
          InferenceTrouble{[this] { shortages->report(Resource::memory, "scoring"); },
                           [this](const std::exception& failure) { fail("scoring", failure); }}),
      signals(io.context(), {[this](const char* signal) {
                               log->info("{}: stopping", signal);
                               stop_request.ask(false);
                             },
                             [this] { reloader.on_signal(); }}),
      readers(config.storage.path, config.storage, config.daemon.query_threads),
      intake(documents, registry.add(), "push"),
      sources(io, {config, *clock, database, documents, writer_queue, contacts, registry, metrics, log}),
      outputs({config, writer_queue, notifier, metrics, log}),
      auth(load_tokens(config.daemon), {}, rate_limit(config.daemon)),
      certificate(listener_certificate(config.daemon.tls), metrics, component(log, "http")),
      status(
          io.context(), status_options(live),
          [this] { return watched_loops(inference, documents, writer, writer_queue, sources); },
          [this] {
            return readiness_checks(model_version, writer, *shortages, *clock, refit, sources, outputs, certificate);
          },
          rules, metrics, component(log, "status")),
      service_watch(io.context(), manager, status, component(log, "status")),
      http(io.context(), server_options(config.daemon, *log), router, auth, metrics, component(log, "http"),
           std::make_shared<DatabaseEventLog>(readers, config.daemon.request_deadline), shortages, certificate.live()),
      webhooks(io.context(), webhook_options(config), config.webhooks, writer_queue, notifier, metrics,
               component(log, "webhook")),
      retention(io.context(), RetentionLoopOptions{}, config.storage, writer_queue, *clock, component(log, "storage")),
      heartbeats(
          io.context(), [this] { return heartbeat_settings(*live.config()); }, writer_queue,
          [this] { return troubles(status.readiness()); }, component(log, "webhook")),
      account(
          io.context(), [this] { return account_options(*live.config()); }, writer_queue, *clock,
          component(log, "alerts")),
      reloader({io.context(), live, applier, writer_queue, webhooks, auth, metrics, manager, model,
                applier.options().detector, log,
                [this](FeedReplacement next) { sources.replace_feeds(std::move(next)); }, certificate.live(),
                [this](const auto& next, const auto& changed) { return sources.kafka_replacement(next, changed); },
                [this](const auto& next, const auto& changed) { return outputs.replacement(next, changed); }}),
      rescoring(rescoring_options(config), rescoring_parts(), component(log, "model")),
      refit(refit_options(config, model_version),
            {applier, rescoring_parts(), metrics, component(log, "alerts"), [this] { return live_rules(live); }}) {
  for (std::size_t i = 0; i < parts.extra_sources.size(); ++i) extra_slots.push_back(registry.add());
  applier.set_links(alert_links(config.daemon));
  RouteParts routed{config,          status, metrics, rules,   auth, readers, writer_queue, intake,
                    sources.posts(), clock,  model,   scorers, {},   live,    rescoring};
  routed.sources = [this] { return sources.reports(writer.unscored()); };
  routed.reload = [this](const ReloadCaller& by, ReloadDone done) { return reloader.request(by, std::move(done)); };
  routed.outputs = [this] { return outputs.reports(); };
  routed.paused = [this] { return writer.paused(); };
  routed.links = [this] { return link_base(config.daemon, http.ports().at(0)); };
  routed.log = component(log, "operator");
  routed.signed_links = applier.options().links;
  add_routes(router, routed);
}

HistoryRescoringParts Daemon::Impl::rescoring_parts() {
  return {writer_queue, [this] { return scorers->make(Lane::history); }, [this] { return writer.paused(); }};
}

void Daemon::Impl::start() {
  deadline.emplace(config.daemon.shutdown_deadline, log);
  started = true;
  std::signal(SIGPIPE, SIG_IGN);  // a closed peer makes the write fail
  http.start();                   // first, so that a port in use ends the start before anything else runs
  const std::string links = link_base(config.daemon, http.ports().at(0));
  applier.set_external_url(links);
  webhooks.set_external_url(links);
  const EntityTags tags = tags_by_entity(*live.finder());
  applier.set_tags(tags);
  put_outputs_in_force(database, config.outputs);
  put_silences_in_force(database, config.silences, wall_now(), *component(log, "operator"));
  manager.starting("fitting the rules to the configuration and the stored history");
  fit_detector(database, applier, tags, *component(log, "alerts"));
  rules.set(applier.detector().warmth());
  const auto event_time = storage::Clock(database).event_time();
  if (trusted && event_time) trusted->start_from(*event_time);
  // Offsets are stored with the group once the last batch is committed, so this is stopped after the writer.
  stack.push("kafka", [this] { sources.stop(); });
  note_configured(config, tags, writer_queue);
  refit.start();
  rescoring.go_on(database, model_version, model->config().entity_heads == 0);
  writer.start();
  stack.push("writer", [this] {
    writer_queue.close();
    writer.join();
  });
  outputs.start();
  stack.push("outputs", [this] { outputs.stop(); });
  stack.push("refit", [this] { refit.stop(); });
  stack.push("rescoring", [this] { rescoring.stop(); });
  inference.start();
  stack.push("inference", [this] {
    documents.close();
    if (const auto dropped = documents.discard()) {
      log->info("{} documents not yet scored are left for their sources to send again", dropped);
    }
    inference.give_up();
    inference.join();
  });
  signals.watch();
  boost::asio::post(io.context(), [this] {
    status.start();
    service_watch.start();
    webhooks.start();
    retention.start();
    account.start();
    heartbeats.start();
  });
  io.start([this](const std::exception& failure) { outlive(failure); });
  commit_subscription = notifier.subscribe([this] { http.notify_commit(); });
  stack.push("reload", [this] { reloader.stop(); });
  stack.push("heartbeats", [this] { stop_on_io(heartbeats); });
  stack.push("retention", [this] { stop_on_io(retention); });
  stack.push("account", [this] { stop_on_io(account); });
  stack.push("status", [this] {
    stop_on_io(service_watch);
    stop_on_io(status);
  });
  sources.start();
  stack.push("sources", [this] { sources.stop_reading(); });
  stack.push("webhooks", [this] { stop_on_io(webhooks); });
  stack.push("http", [this] {
    notifier.unsubscribe(commit_subscription);
    readers.stop();
    http.stop_and_wait(config.daemon.shutdown_deadline / 2);
  });
  require_memory(kSpareToServe);
  log->info("tapewatch {} runs: model {}, database {}, configuration {}", TAPEWATCH_VERSION, model_version,
            config.storage.path, config.version);
  tell_listeners(config.daemon, http.ports(), *log);
  manager.ready();
}

/// Handles an exception that leaves a handler on the io thread. A connection without memory ends, and the others
/// continue; any other exception is unexpected, and the daemon must be restarted.
void Daemon::Impl::outlive(const std::exception& failure) {
  const bool connection = std::exchange(lost_connections, http.lost()) != http.lost();
  if (connection && missing_resource(failure) == Resource::memory) {
    shortages->report(Resource::memory, "serving connections");
  } else {
    fail("the io thread", failure);
  }
  while (!http.revive()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

void Daemon::Impl::fail(const char* part, const std::exception& failure) {
  log->critical("{}: {}; the daemon stops", part, explained(failure));
  stop_request.ask(true);
}

int Daemon::Impl::wait(std::optional<std::chrono::milliseconds> limit) {
  stop_request.wait(limit);
  return shut_down() && !stop_request.failed() ? 0 : 1;
}

bool Daemon::Impl::shut_down() {
  if (!std::exchange(started, false)) return true;
  manager.stopping();
  deadline->begin();
  const bool clean =
      stack.run([this](const std::string& step, std::chrono::milliseconds took, const std::string& error) {
        if (error.empty()) {
          log->debug("stopped {} in {} ms", step, took.count());
        } else {
          log->error("stopping {}: {}", step, error);
        }
      });
  io.stop();
  deadline.reset();
  log->info("stopped{}", clean ? "" : ", not cleanly");
  return clean;
}

Daemon::Daemon(config::Config config, std::shared_ptr<spdlog::logger> log, DaemonParts parts)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(log), std::move(parts))) {}

Daemon::~Daemon() { impl_->shut_down(); }
void Daemon::start() { impl_->start(); }
int Daemon::wait(std::optional<std::chrono::milliseconds> limit) { return impl_->wait(limit); }
void Daemon::request_stop() { impl_->stop_request.ask(false); }
DocumentQueue& Daemon::documents() { return impl_->documents; }
std::uint32_t Daemon::source_slot(std::size_t extra_source) const { return impl_->extra_slots.at(extra_source); }
std::uint16_t Daemon::port() const { return impl_->http.ports().at(0); }

}  // namespace tapewatch
