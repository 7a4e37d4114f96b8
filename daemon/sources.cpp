// Tested by tests/e2e/daemon/spine_test.py
#include "daemon/sources.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>

#include "daemon/loop_options.hpp"
#include "daemon/observe/log.hpp"
#include "storage/source/source_coverage.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {

Sources::Sources(IoThread& io, const SourceParts& parts)
    : io_(io),
      parts_(parts),
      posts_(open_posts(parts)),
      feeds_(io.context(), parts.config.ingest.feeds, feed_parts(parts), parts.documents, parts.registry,
             parts.metrics),
      held_(io.context(), {},
            {parts.writer, parts.documents, parts.clock, parts.registry.add(), component(parts.log, "held")}) {
  for (const auto& options : parts.config.ingest.kafka) {
    kafka_.push_back(open_kafka(parts, options, parts.config.ingest.limits));
  }
}

std::shared_ptr<KafkaSource> Sources::open_kafka(const SourceParts& parts, const ingest::KafkaOptions& options,
                                                 const ingest::DocumentLimits& limits) {
  const auto& storage = parts.config.storage;
  const auto source = std::make_shared<KafkaSource>();
  source->name = options.name;
  source->dead_letters = std::make_unique<DatabaseDeadLetters>(storage.path, storage, parts.writer);
  KafkaLoopParts loop_parts;
  loop_parts.slot = parts.registry.add();
  loop_parts.positions = [storage, name = options.name] { return committed_positions(storage.path, storage, name); };
  loop_parts.log = component(parts.log, "kafka");
  loop_parts.dead_letters = source->dead_letters.get();
  loop_parts.contacts = &parts.contacts;
  loop_parts.clock = &parts.clock;
  source->loop = std::make_unique<KafkaLoop>(options, limits, std::move(loop_parts), parts.documents, parts.metrics);
  return source;
}

KafkaSources Sources::kafka() const {
  const MutexLock lock(mutex_);
  return kafka_;
}

std::function<void()> Sources::kafka_replacement(const config::Config& next, const std::vector<std::string>& changed) {
  return [this, made = prepare_kafka(next, changed)] { replace_kafka(made); };
}

KafkaSources Sources::prepare_kafka(const config::Config& next, const std::vector<std::string>& changed) const {
  const KafkaSources present = kafka();
  KafkaSources sources;
  for (const auto& options : next.ingest.kafka) {
    const auto known =
        std::find_if(present.begin(), present.end(), [&](const auto& source) { return source->name == options.name; });
    const bool stays =
        known != present.end() && std::find(changed.begin(), changed.end(), options.name) == changed.end();
    sources.push_back(stays ? *known : open_kafka(parts_, options, next.ingest.limits));
  }
  return sources;
}

void Sources::replace_kafka(const KafkaSources& next) {
  constexpr std::chrono::seconds kPatience{10};
  const auto without = [](const KafkaSources& all, const KafkaSources& others) {
    KafkaSources left;
    std::copy_if(all.begin(), all.end(), std::back_inserter(left),
                 [&](const auto& source) { return std::find(others.begin(), others.end(), source) == others.end(); });
    return left;
  };
  const KafkaSources present = kafka(), gone = without(present, next), added = without(next, present);
  for (const auto& source : gone) source->loop->stop_reading();
  const auto patient_until = std::chrono::steady_clock::now() + kPatience;
  for (const auto& source : gone) {
    const auto left = patient_until - std::chrono::steady_clock::now();
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(left);
    source->loop->wait_committed(std::max(patience, std::chrono::milliseconds(0)));
    source->loop->stop();
  }
  const MutexLock lock(mutex_);
  kafka_ = next;
  for (const auto& source : gone) {
    const bool renewed =
        std::any_of(next.begin(), next.end(), [&](const auto& other) { return other->name == source->name; });
    if (!renewed) parts_.metrics.forget_source(source->name);
  }
  for (const auto& source : added) {
    if (stopping_) break;
    parts_.metrics.source_succeeded(source->name, {});  // never heard from until it is
    source->loop->start();
  }
}

std::vector<std::unique_ptr<PostSource>> Sources::open_posts(const SourceParts& parts) {
  std::vector<std::unique_ptr<PostSource>> opened;
  opened.reserve(parts.config.ingest.posts.size());
  for (const auto& options : parts.config.ingest.posts) {
    const PostSource::Parts own{parts.documents, parts.registry.add(), parts.clock, parts.metrics,
                                component(parts.log, "post")};
    opened.push_back(std::make_unique<PostSource>(options, parts.config.ingest.limits, own));
  }
  return opened;
}

FeedLoopParts Sources::feed_parts(const SourceParts& parts) {
  FeedLoopParts feed_parts;
  feed_parts.saved_state = [&database = parts.database](const std::string& source) {
    return storage::SourcePositions(database).feed_state(source);
  };
  feed_parts.limits = parts.config.ingest.limits;
  feed_parts.clock = &parts.clock;
  feed_parts.access = feed_access(parts.config.daemon);
  feed_parts.log = component(parts.log, "feed");
  for (const auto& warning : feed_parts.access.warnings) feed_parts.log->warn("{}", warning);
  feed_parts.contacts = &parts.contacts;
  return feed_parts;
}

void Sources::start() {
  for (const auto& source : kafka()) source->loop->start();
  boost::asio::post(io_.context(), [this] {
    feeds_.start();
    held_.start();
  });
}

void Sources::stop_reading() {
  KafkaSources present;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    present = kafka_;
  }
  for (const auto& source : present) source->loop->stop_reading();
  io_.run_and_wait([this](auto done) { feeds_.stop(std::move(done)); });
  io_.run_and_wait([this](auto done) { held_.stop(std::move(done)); });
}

void Sources::stop() {
  for (const auto& source : kafka()) source->loop->stop();
}

std::vector<SourceReport> Sources::reports(const UnscoredShare& unscored) const {
  std::vector<SourceReport> all = feeds_.reports();
  for (const auto& source : kafka()) all.push_back(source->loop->report());
  for (const auto& source : posts_) all.push_back(source->report());
  for (auto& report : all) {
    if (std::string warning = unscored.warning(report.name); !warning.empty()) {
      report.warnings.push_back("language: " + std::move(warning));
    }
  }
  return all;
}

bool Sources::catching_up() const {
  constexpr std::chrono::minutes kLongest{1};
  if (std::chrono::steady_clock::now() - made_ > kLongest) return false;
  const KafkaSources present = kafka();
  return std::any_of(present.begin(), present.end(), [](const auto& source) { return source->loop->catching_up(); });
}

std::vector<WatchedLoop> Sources::loops() const {
  std::vector<WatchedLoop> loops;
  for (const auto& source : kafka()) {
    loops.push_back({"source " + source->name, [source] { return source->loop->progress(); }, [] { return true; }});
  }
  return loops;
}

std::map<std::string, std::string> feed_states(const config::Config& config, const std::vector<std::string>& names) {
  std::map<std::string, std::string> states;
  if (names.empty()) return states;
  auto reader = storage::Connection::open_reader(config.storage.path, config.storage);
  const storage::SourcePositions positions(reader);
  for (const auto& name : names) {
    if (auto state = positions.feed_state(name)) states.emplace(name, std::move(*state));
  }
  return states;
}

void note_configured(const config::Config& config, const EntityTags& watched, WriterQueue& writer) {
  Command command;
  command.apply = [names = configured_sources(config), watched, storage = config.storage](
                      storage::Connection& connection, TimePoint now) {
    storage::SourceCoverage(connection, storage).configure(names, now);
    note_watch_list(connection, watched, now);
  };
  writer.push_command(command);
}

}  // namespace tapewatch
