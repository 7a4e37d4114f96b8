#include "daemon/daemon.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <future>
#include <mutex>

#include "daemon/api/alert_api.hpp"
#include "daemon/api/catalogue_api.hpp"
#include "daemon/api/document_api.hpp"
#include "daemon/api/push_api.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/api/score_api.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "daemon/api/system_api.hpp"
#include "daemon/api/webhook_api.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/loop_options.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/delivery/webhook_loop.hpp"
#include "daemon/pipeline/intake/contact_log.hpp"
#include "daemon/pipeline/intake/database_dead_letters.hpp"
#include "daemon/pipeline/intake/feed_loop.hpp"
#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/pipeline/intake/kafka_loop.hpp"
#include "daemon/pipeline/scoring/inference_loop.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "daemon/pipeline/writing/retention_loop.hpp"
#include "daemon/preconditions.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/server.hpp"
#include "daemon/shutdown_stack.hpp"
#include "daemon/status.hpp"
#include "model/classifier.hpp"
#include "storage/source/source_coverage.hpp"

namespace tapewatch {
namespace asio = boost::asio;

namespace {

constexpr std::size_t kCommandLane = 1024;  // receipts and the like waiting for the writer

/// "127.0.0.1:0" with the port that it became.
std::string listening_address(const std::string& configured, std::uint16_t port) {
  return fmt::format("{}:{}", configured.substr(0, configured.rfind(':')), port);
}

std::optional<config::TokenTable> load_tokens(const config::DaemonOptions& daemon) {
  if (daemon.auth.tokens_file.empty()) return std::nullopt;
  auto loaded = config::load_tokens(daemon.auth.tokens_file);
  if (!loaded.errors.empty()) throw std::runtime_error(config::to_string(loaded.errors.front()));
  return std::move(loaded.tokens);
}

}  // namespace

/// One Kafka source with what its loop needs beside it.
struct KafkaSource {
  std::unique_ptr<DatabaseDeadLetters> dead_letters;
  std::unique_ptr<KafkaLoop> loop;
};

/// Members stand in the order of the wiring; they are destroyed in the opposite one.
struct Daemon::Impl {
  Impl(config::Config the_config, std::shared_ptr<spdlog::logger> the_log, DaemonParts the_parts);

  std::vector<KafkaSource> open_kafka();
  FeedLoopParts feed_parts();
  void add_routes();
  void note_configured_sources();
  void start();
  void start_sources();
  void stop_sources();
  int wait(std::optional<std::chrono::milliseconds> limit);
  void request_stop(bool failed);
  bool shut_down();
  void watch_signals();
  std::vector<WatchedLoop> watched_loops();
  std::vector<ProbeCheck> readiness() const;
  std::vector<SourceReport> source_reports() const;
  void run_on_io_and_wait(const std::function<void(std::function<void()> done)>& begin);

  const config::Config config;
  const std::shared_ptr<spdlog::logger> log;
  const DaemonParts parts;
  std::shared_ptr<const model::ModelPackage> model;
  model::Prior prior;
  std::shared_ptr<const ingest::EntityFinder> finder;
  storage::Connection database;
  Metrics metrics;
  DocumentQueue documents;
  WriterQueue writer_queue;
  ContactLog contacts;
  CommitNotifier notifier;
  Applier applier;
  WriterLoop writer;
  InferenceLoop inference;

  asio::io_context io{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> io_work;
  asio::signal_set signals{io};
  ReaderPool readers;
  SourceRegistry registry;
  std::vector<std::uint32_t> extra_slots;
  QueueIntake intake;
  std::vector<KafkaSource> kafka;
  FeedLoop feeds;
  Authenticator auth;
  Status status;
  Router router;
  HttpServer http;
  WebhookLoop webhooks;
  RetentionLoop retention;
  std::thread io_thread;

  ShutdownStack stack;
  std::uint64_t commit_subscription = 0;
  std::mutex mutex;
  std::condition_variable changed;
  bool stop_wanted = false, failed = false, started = false;
};

Daemon::Impl::Impl(config::Config the_config, std::shared_ptr<spdlog::logger> the_log, DaemonParts the_parts)
    : config((require_free_ports(the_config.daemon.listen), prepare_data_dir(the_config.daemon.data_dir),
              std::move(the_config))),
      log(std::move(the_log)),
      parts(std::move(the_parts)),
      model(parts.model ? parts.model : model::load_model(config.model.path)),
      prior(load_prior(config.model.rules, *model)),
      finder(parts.finder ? parts.finder : load_watchlist(config.ingest.entities.watchlist)),
      database(storage::Connection::open_writer(config.storage.path, config.storage)),
      metrics(TAPEWATCH_VERSION, model::version_with(model->version(), prior)),
      documents(config.daemon.documents_queue),
      writer_queue(config.daemon.scored_queue, kCommandLane),
      contacts(writer_queue, config.storage),
      applier(database, applier_options(config, model::version_with(model->version(), prior))),
      writer(
          WriterLoopOptions{}, database, applier, writer_queue, *parts.clock, notifier, metrics,
          component(log, "writer"),
          Failpoint::parse(std::getenv("TAPEWATCH_FAILPOINT") ? std::getenv("TAPEWATCH_FAILPOINT") : ""),
          parts.observer, [this](const std::string&) { request_stop(true); }, config.storage.min_free),
      inference(
          inference_options(config), documents, writer_queue,
          [this] { return Scorer(model, finder, config.model, prior); }, *parts.clock,
          [this](std::size_t scored, std::size_t tokens, std::chrono::steady_clock::duration took) {
            metrics.observe_batch_tokens(static_cast<double>(tokens));
            while (scored-- > 0) metrics.observe_latency(Metrics::Stage::inference, took);  // each waited for all
            metrics.set_queue_depth("documents", static_cast<double>(documents.size()));
          }),
      io_work(asio::make_work_guard(io)),
      readers(config.storage.path, config.storage, config.daemon.query_threads),
      intake(documents, registry.add(), "push"),
      kafka(open_kafka()),
      feeds(io, config.ingest.feeds, feed_parts(), documents, registry, metrics),
      auth(load_tokens(config.daemon)),
      status(
          io, status_options(config), watched_loops(), [this] { return readiness(); }, metrics,
          component(log, "status")),
      http(io, server_options(config.daemon), router, auth, metrics, component(log, "http"),
           std::make_shared<DatabaseEventLog>(readers, config.daemon.request_deadline)),
      webhooks(io, webhook_options(config), config.webhooks, writer_queue, notifier, metrics,
               component(log, "webhook")),
      retention(io, RetentionLoopOptions{}, config.storage, writer_queue, component(log, "storage")) {
  for (std::size_t i = 0; i < parts.extra_sources.size(); ++i) extra_slots.push_back(registry.add());
  add_routes();
}

std::vector<WatchedLoop> Daemon::Impl::watched_loops() {
  std::vector<WatchedLoop> loops = {{"inference", [this] { return inference.progress(); },
                                     [this] { return documents.size() > 0 && writer_queue.records() == 0; }},
                                    {"writer", [this] { return writer.progress(); },
                                     [this] { return writer_queue.records() > 0 && !writer.paused(); }}};
  for (const auto& source : kafka) {
    const auto* loop = source.loop.get();
    loops.push_back({"source " + loop->report().name, [loop] { return loop->progress(); }, [] { return true; }});
  }
  return loops;
}

std::vector<ProbeCheck> Daemon::Impl::readiness() const {
  std::vector<ProbeCheck> checks;
  checks.push_back({"model", true, true, model::version_with(model->version(), prior)});
  checks.push_back({"writer", !writer.failing(), false,
                    writer.failing() ? "commits fail and are tried again; the log says why" : "commits"});
  checks.push_back({"disk", !writer.paused(), false,
                    writer.paused() ? "below storage.min_free: ingestion pauses" : "enough free space"});
  return checks;
}

std::vector<KafkaSource> Daemon::Impl::open_kafka() {
  std::vector<KafkaSource> opened;
  for (const auto& options : config.ingest.kafka) {
    KafkaSource source;
    source.dead_letters = std::make_unique<DatabaseDeadLetters>(config.storage.path, config.storage, writer_queue);
    KafkaLoopParts loop_parts;
    loop_parts.slot = registry.add();
    loop_parts.positions = [this, name = options.name] {
      return committed_positions(config.storage.path, config.storage, name);
    };
    loop_parts.log = component(log, "kafka");
    loop_parts.dead_letters = source.dead_letters.get();
    loop_parts.contacts = &contacts;
    source.loop = std::make_unique<KafkaLoop>(options, config.ingest.limits, std::move(loop_parts), documents, metrics);
    opened.push_back(std::move(source));
  }
  return opened;
}

FeedLoopParts Daemon::Impl::feed_parts() {
  FeedLoopParts feed_parts;
  feed_parts.saved_state = [this](const std::string& source) {
    return storage::SourcePositions(database).feed_state(source);
  };
  feed_parts.limits = config.ingest.limits;
  feed_parts.clock = parts.clock.get();
  feed_parts.log = component(log, "feed");
  feed_parts.contacts = &contacts;
  return feed_parts;
}

std::vector<SourceReport> Daemon::Impl::source_reports() const {
  std::vector<SourceReport> all = feeds.reports();
  for (const auto& source : kafka) all.push_back(source.loop->report());
  return all;
}

void Daemon::Impl::start_sources() {
  for (auto& source : kafka) source.loop->start();
  asio::post(io, [this] { feeds.start(); });
}

void Daemon::Impl::stop_sources() {
  for (auto& source : kafka) source.loop->stop_reading();
  run_on_io_and_wait([this](auto done) { feeds.stop(std::move(done)); });
}

void Daemon::Impl::add_routes() {
  const auto present_finder = [this] { return finder; };
  ScoreApiOptions score;
  score.limits = config.ingest.limits;
  PushOptions push;
  push.limits = config.ingest.limits;
  push.max_body_bytes = config.daemon.max_request_bytes;
  push.paused = [this] { return writer.paused(); };
  add_refused_routes(router);
  add_page_routes(router);
  add_system_routes(router, status, metrics, auth, config.daemon.external_url);
  const auto names = model_names(*model, prior);
  const auto scorers = std::make_shared<ScorerPool>(model, config.model, prior, present_finder);
  add_sentiment_routes(router, readers, names.topics);
  add_document_routes(router, readers, names, scorers);
  add_alert_routes(router, readers);
  add_webhook_routes(router, readers, config.webhooks, writer_queue);
  add_catalogue_routes(router, readers, {model->topics(), present_finder, [this] { return source_reports(); }});
  add_score_routes(router, scorers, names, score);
  add_push_routes(router, push, intake, parts.clock, metrics);
}

/// For the coverage of the history: a source that was taken out of the configuration is not missed from now on.
void Daemon::Impl::note_configured_sources() {
  Command command;
  command.apply = [names = configured_sources(config), storage = config.storage](storage::Connection& connection,
                                                                                 TimePoint now) {
    storage::SourceCoverage(connection, storage).configure(names, now);
  };
  writer_queue.push_command(command);
}

void Daemon::Impl::start() {
  started = true;
  std::signal(SIGPIPE, SIG_IGN);
  http.start();  // first, so that a port that is taken ends the start before anything else runs
  fit_detector(database, applier, tags_by_entity(*finder), *component(log, "alerts"));
  // Offsets are stored with the group once the last batch is committed, so this is stopped after the writer.
  stack.push("kafka", [this] {
    for (auto& source : kafka) source.loop->stop();
  });
  note_configured_sources();
  writer.start();
  stack.push("writer", [this] {
    writer_queue.close();
    writer.join();
  });
  inference.start();
  stack.push("inference", [this] {
    documents.close();
    if (const auto dropped = documents.discard())
      log->info("{} documents not yet scored are left to their sources", dropped);
    inference.give_up();
    inference.join();
  });
  io_thread = std::thread([this] { io.run(); });
  watch_signals();
  asio::post(io, [this] {
    status.start();
    webhooks.start();
    retention.start();
  });
  commit_subscription = notifier.subscribe([this] { http.notify_commit(); });
  stack.push("retention", [this] { run_on_io_and_wait([this](auto done) { retention.stop(std::move(done)); }); });
  stack.push("status", [this] { run_on_io_and_wait([this](auto done) { status.stop(std::move(done)); }); });
  start_sources();
  stack.push("sources", [this] { stop_sources(); });
  stack.push("webhooks", [this] { run_on_io_and_wait([this](auto done) { webhooks.stop(std::move(done)); }); });
  stack.push("http", [this] {
    notifier.unsubscribe(commit_subscription);
    readers.stop();
    http.stop_and_wait(config.daemon.shutdown_deadline / 2);
  });
  log->info("tapewatch {} runs: model {}, database {}, configuration {}", TAPEWATCH_VERSION,
            model::version_with(model->version(), prior), config.storage.path, config.version);
  for (std::size_t i = 0; i < http.ports().size(); ++i) {
    log->info("listening on {}", listening_address(config.daemon.listen[i], http.ports()[i]));
  }
}

void Daemon::Impl::watch_signals() {
  signals.add(SIGINT);
  signals.add(SIGTERM);
  signals.add(SIGHUP);
  signals.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number == SIGHUP) {
      log->warn("SIGHUP: reloading is not in this version; restart to read the configuration again");
      metrics.set_config_reload(false);
      asio::post(io, [this] { watch_signals(); });
      return;
    }
    log->info("{}: stopping", number == SIGINT ? "SIGINT" : "SIGTERM");
    request_stop(false);
  });
}

void Daemon::Impl::run_on_io_and_wait(const std::function<void(std::function<void()> done)>& begin) {
  auto ended = std::make_shared<std::promise<void>>();
  asio::post(io, [begin, ended] { begin([ended] { ended->set_value(); }); });
  ended->get_future().wait();
}

void Daemon::Impl::request_stop(bool because_it_failed) {
  {
    std::lock_guard lock(mutex);
    stop_wanted = true;
    failed = failed || because_it_failed;
  }
  changed.notify_all();
}

int Daemon::Impl::wait(std::optional<std::chrono::milliseconds> limit) {
  {
    std::unique_lock lock(mutex);
    if (limit) {
      changed.wait_for(lock, *limit, [&] { return stop_wanted; });
    } else {
      changed.wait(lock, [&] { return stop_wanted; });
    }
  }
  const bool clean = shut_down();
  std::lock_guard lock(mutex);
  return clean && !failed ? 0 : 1;
}

bool Daemon::Impl::shut_down() {
  if (!std::exchange(started, false)) return true;
  // Whatever hangs, the process ends in time: what is committed is safe, what is not comes again.
  std::mutex done_mutex;
  std::condition_variable done;
  bool over = false;
  std::thread watchdog([&] {
    std::unique_lock lock(done_mutex);
    if (done.wait_for(lock, config.daemon.shutdown_deadline, [&] { return over; })) return;
    log->critical("the shutdown did not end within {} ms; ending the process", config.daemon.shutdown_deadline.count());
    log->flush();
    _exit(1);
  });
  const bool clean =
      stack.run([this](const std::string& step, std::chrono::milliseconds took, const std::string& error) {
        if (error.empty()) {
          log->debug("stopped {} in {} ms", step, took.count());
        } else {
          log->error("stopping {}: {}", step, error);
        }
      });
  asio::post(io, [this] { signals.cancel(); });
  io_work.reset();
  io.stop();
  if (io_thread.joinable()) io_thread.join();
  {
    std::lock_guard lock(done_mutex);
    over = true;
  }
  done.notify_all();
  watchdog.join();
  log->info("stopped{}", clean ? "" : ", not cleanly");
  return clean;
}

Daemon::Daemon(config::Config config, std::shared_ptr<spdlog::logger> log, DaemonParts parts)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(log), std::move(parts))) {}

Daemon::~Daemon() { impl_->shut_down(); }

void Daemon::start() { impl_->start(); }
int Daemon::wait(std::optional<std::chrono::milliseconds> limit) { return impl_->wait(limit); }
void Daemon::request_stop() { impl_->request_stop(false); }
DocumentQueue& Daemon::documents() { return impl_->documents; }
std::uint32_t Daemon::source_slot(std::size_t extra_source) const { return impl_->extra_slots.at(extra_source); }
std::uint16_t Daemon::port() const { return impl_->http.ports().at(0); }

}  // namespace tapewatch
