// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/pipeline_speed.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "config/notation/json_writer.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/bench/bench_configuration.hpp"
#include "daemon/commands/bench/bench_news.hpp"
#include "daemon/commands/bench/pipeline_record.hpp"
#include "daemon/commands/bench/scoring_alone.hpp"
#include "daemon/commands/demo/demo_receiver.hpp"
#include "daemon/daemon.hpp"
#include "daemon/observe/log.hpp"
#include "ingest/kafka/scratch_topic.hpp"
#include "model/engine.hpp"

namespace tapewatch {
namespace {

using Clock = PipelineRecord::Clock;

constexpr std::size_t kMostAhead = 1'024;                    // documents fed and not yet committed
constexpr std::size_t kLeastAhead = 512;                     // where more are fed, at once as a busy producer does
constexpr std::chrono::milliseconds kRise{500};              // of the greatest rate, not counted
constexpr std::chrono::milliseconds kPhasePatience{20'000};  // for the last commits and webhooks of a phase
constexpr double kShares[] = {0.25, 0.5, 0.75};
constexpr const char* kBenchSource = "bench";
constexpr const char* kGrave = "grave";

/// Where the daemon gets documents from.
class Feeder {
 public:
  virtual ~Feeder() = default;
  /// False once the daemon has stopped.
  virtual bool feed(const BenchNews::Document& document) = 0;
};

class QueueFeeder final : public Feeder {
 public:
  explicit QueueFeeder(Daemon& daemon) : daemon_(daemon) {}

  bool feed(const BenchNews::Document& next) override {
    ingest::Document document;
    document.source = next.grave ? kGrave : kBenchSource;
    document.id = next.id;
    document.title = next.title;
    document.published_at = document.received_at = wall_now();
    Incoming incoming;
    incoming.source_slot = daemon_.source_slot(0);
    incoming.number = number_++;
    incoming.source = kBenchSource;
    incoming.content = std::move(document);
    return daemon_.documents().push(std::move(incoming));
  }

 private:
  Daemon& daemon_;
  std::uint64_t number_ = 0;
};

class TopicFeeder final : public Feeder {
 public:
  explicit TopicFeeder(ingest::ScratchTopic& topic) : topic_(topic) {}

  bool feed(const BenchNews::Document& next) override {
    topic_.produce(notation::JsonWriter()
                       .begin_object()
                       .field("id", next.id)
                       .field("source", next.grave ? kGrave : kBenchSource)
                       .field("title", next.title)
                       .field("published_at", wall_now())
                       .end_object()
                       .take());
    return true;
  }

 private:
  ingest::ScratchTopic& topic_;
};

class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// The phases, on a thread beside the daemon's.
class Phases {
 public:
  Phases(Feeder& feeder, PipelineRecord& record, const std::vector<std::string>& headlines, std::chrono::seconds each,
         std::stop_token stop)
      : feeder_(feeder), record_(record), news_(headlines), each_(each), stop_(std::move(stop)) {}

  /// Documents per second from the source to committed rows, as fast as they go, over `time`.
  double greatest(Clock::duration time) {
    record_.begin();
    fed_ = 0;
    feed_until([first = std::optional<Clock::time_point>(), this]() mutable {
      if (!first && record_.commits() > 0) first = Clock::now();
      return first && Clock::now() - *first >= kRise;
    });
    const std::size_t risen = record_.commits();
    const auto begin = Clock::now();
    feed_until([&] { return Clock::now() - begin >= time; });
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const double rate = static_cast<double>(record_.commits() - risen) / seconds;
    drain(fed_);
    return rate;
  }

  RateWaits at(double share, double greatest) {
    record_.begin();
    if (!(greatest > 0)) throw std::runtime_error("no document was stored in the time that --seconds gives");
    const double rate = share * greatest;
    std::size_t fed = 0;
    const auto begin = Clock::now();
    for (auto now = begin; now - begin < each_; now = Clock::now()) {
      feed();
      ++fed;
      std::this_thread::sleep_until(
          begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(fed / rate)));
    }
    drain(fed);
    record_.wait(kPhasePatience, [](auto, auto alerts, auto webhooks) { return webhooks >= alerts; });
    return {.share = share,
            .documents_per_second = static_cast<double>(fed) / std::chrono::duration<double>(each_).count(),
            .stored = record_.stored(),
            .told = record_.told(),
            .webhooks = record_.webhooks()};
  }

 private:
  /// Feeds as far ahead of the commits as is allowed.
  template <class Over>
  void feed_until(Over over) {
    const auto room = [this](auto commits, auto, auto) { return fed_ - commits <= kLeastAhead; };
    auto last = Clock::now();  // time at which there was room
    while (!over()) {
      if (!record_.wait(std::chrono::milliseconds{100}, room)) {
        check();
        if (Clock::now() - last > kPhasePatience) drain(fed_);
        continue;
      }
      last = Clock::now();
      for (const std::size_t most = record_.commits() + kMostAhead; fed_ < most; ++fed_) feed();
    }
  }
  void check() const {
    if (stop_.stop_requested()) throw Interrupted();
  }
  void feed() {
    check();
    if (!feeder_.feed(news_.next())) throw Interrupted();
  }
  /// Until all are committed; throws if nothing moves.
  void drain(std::size_t fed) {
    for (std::size_t before = record_.commits(); before < fed; before = record_.commits()) {
      check();
      if (!record_.wait(kPhasePatience, [&](auto commits, auto, auto) { return commits > before; })) {
        throw std::runtime_error(fmt::format("{} of {} documents are not stored, and none was for {} s", fed - before,
                                             fed, kPhasePatience / std::chrono::seconds{1}));
      }
    }
  }

  Feeder& feeder_;
  PipelineRecord& record_;
  BenchNews news_;
  std::size_t fed_ = 0;  // as fast as it goes
  const std::chrono::seconds each_;
  const std::stop_token stop_;
};

/// Of a topic that nobody else has.
std::string scratch_name() {
  return fmt::format("tapewatch-bench-{}-{}", getpid(), wall_now().time_since_epoch().count());
}

config::Config configuration(const BenchOptions& options, const std::string& folder, const ingest::ScratchTopic* topic,
                             const std::string& webhook_url, const alerts::WebhookSecret& secret) {
  auto loaded = config::parse(bench_configuration(options, folder, 0), {.name = "bench.toml", .folder = folder});
  if (!loaded.ok()) throw std::runtime_error(config::to_string(loaded.errors.front()));
  auto config = std::move(loaded.config);
  alerts::WebhookOptions webhook;
  webhook.name = "bench";
  webhook.url = webhook_url;
  webhook.secrets = {secret};
  config.webhooks = {webhook};
  if (topic != nullptr) {
    ingest::KafkaOptions source;
    source.name = kBenchSource;
    source.brokers = options.kafka;
    source.topics = {topic->name()};
    source.group = topic->name();
    source.start = ingest::KafkaStart::earliest;
    config.ingest.kafka = {source};
  }
  return config;
}

PipelineSpeed run_phases(Phases& phases, ScoringAlone& alone, const std::stop_token& stop, const BenchOptions& options,
                         const std::function<void(const std::string&)>& progress) {
  PipelineSpeed found;
  found.source = options.kafka.empty() ? "queue" : "kafka";
  const auto time = std::chrono::duration_cast<Clock::duration>(options.each) / options.rounds;
  std::vector<double> alones, speeds, shares;
  for (unsigned round = 0; round < options.rounds; ++round) {
    progress(
        fmt::format("pipeline: as fast as it goes, and its texts alone: round {} of {}", round + 1, options.rounds));
    alones.push_back(alone.measure(time, stop));
    speeds.push_back(phases.greatest(time));
    shares.push_back(speeds.back() / alones.back());
  }
  found.documents_per_second = quantile(speeds, 0.5);
  found.scored_alone = quantile(alones, 0.5);
  found.share_of_scored_alone = quantile(shares, 0.5);
  for (const double share : kShares) {
    progress(fmt::format("pipeline: {:.0f} % of {:.0f} documents/s", share * 100, found.documents_per_second));
    found.rates.push_back(phases.at(share, found.documents_per_second));
  }
  return found;
}

}  // namespace

PipelineSpeed measure_pipeline(const BenchOptions& options, const std::string& folder,
                               const std::vector<std::string>& headlines,
                               const std::function<void(const std::string&)>& progress) {
  PipelineRecord record;
  const auto secret = new_webhook_secret();
  DemoReceiver receiver(secret, [&](const ReceivedWebhook& webhook) { record.received(webhook.body); });
  std::optional<ingest::ScratchTopic> topic;
  if (!options.kafka.empty()) topic.emplace(options.kafka, scratch_name());
  auto config = configuration(options, folder, topic ? &*topic : nullptr, receiver.url(), secret);
  auto log = make_logger(config.daemon.log.level, config.daemon.log.format);
  const auto engine = model::engine_named(options.precision, options.kernels);
  DaemonParts parts;
  parts.model = model::load_model(options.model, engine);
  ScoringAlone alone(parts.model, options.threads, headlines);
  parts.extra_sources = {kBenchSource};
  parts.finder = std::make_shared<const ingest::EntityFinder>(
      std::vector<ingest::WatchedEntity>{{.id = "watched", .name = kWatchedCompany}});
  parts.observer.on_document = [&](const Scored& scored, const storage::DocumentRow& row, const storage::Inserted&) {
    record.committed(row.title, row.source == kGrave, scored.incoming.read_at);
  };
  parts.observer.on_transition = [&](const alerts::Transition& transition) {
    if (transition.type == "alert.firing") record.fired();
  };
  Daemon daemon(std::move(config), std::move(log), std::move(parts));
  daemon.start();
  std::unique_ptr<Feeder> feeder;
  if (topic) {
    feeder = std::make_unique<TopicFeeder>(*topic);
  } else {
    feeder = std::make_unique<QueueFeeder>(daemon);
  }
  PipelineSpeed found;
  std::exception_ptr failure;
  {
    std::jthread beside([&](const std::stop_token& stop) {
      try {
        Phases phases(*feeder, record, headlines, options.each, stop);
        found = run_phases(phases, alone, stop, options, progress);
      } catch (...) {
        failure = std::current_exception();
      }
      daemon.request_stop();
    });
    daemon.wait();
  }
  if (failure) std::rethrow_exception(failure);
  return found;
}

}  // namespace tapewatch
