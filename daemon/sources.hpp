#pragma once

#include <spdlog/logger.h>

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/notation/mutex.hpp"
#include "daemon/io_thread.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/intake/contact_log.hpp"
#include "daemon/pipeline/intake/database_dead_letters.hpp"
#include "daemon/pipeline/intake/feed_loop.hpp"
#include "daemon/pipeline/intake/held_release.hpp"
#include "daemon/pipeline/intake/kafka_loop.hpp"
#include "daemon/pipeline/intake/post_source.hpp"
#include "daemon/pipeline/unscored_share.hpp"
#include "daemon/pipeline/writing/watch_record.hpp"
#include "daemon/status.hpp"

namespace tapewatch {

/// What the sources share with the rest of the daemon, all of which outlives them.
struct SourceParts {
  const config::Config& config;  ///< of the start
  const EventClock& clock;
  storage::Connection& database;  ///< read by the constructor only
  DocumentQueue& documents;
  WriterQueue& writer;
  ContactLog& contacts;
  SourceRegistry& registry;
  Metrics& metrics;
  std::shared_ptr<spdlog::logger> log;
};

/// A Kafka source: its loop, and what the loop reads dead letters from.
struct KafkaSource {
  std::string name;
  std::unique_ptr<DatabaseDeadLetters> dead_letters;
  std::unique_ptr<KafkaLoop> loop;
};
using KafkaSources = std::vector<std::shared_ptr<KafkaSource>>;

/// The configured sources: a loop and a thread for each Kafka source, the feeds on the io thread, those that
/// receive by HTTP; and the release of
/// documents that were held.
class Sources {
 public:
  /// Throws what KafkaLoop and FeedLoop throw for a configuration that cannot work.
  Sources(IoThread& io, const SourceParts& parts);

  void start();
  /// The feeds of another configuration, from now on. Io thread.
  void replace_feeds(FeedReplacement next) { feeds_.replace(std::move(next)); }
  /// Makes the Kafka sources of another configuration, of which those named `changed` are other ones; throws what
  /// KafkaLoop throws. What it returns puts them in the place of the present ones: those that are gone read no more,
  /// and leave their group once what they have read is committed; then the new ones start. That waits for the writer,
  /// up to 10 s. Any thread; the result on one of its own.
  std::function<void()> kafka_replacement(const config::Config& next, const std::vector<std::string>& changed);
  /// The first half of a stop: once this returns, nothing is read or pushed.
  void stop_reading();
  /// The second half, after the writer's last commit: offsets are stored with the group.
  void stop();

  /// With a warning where most documents of a source are unscored. Any thread.
  std::vector<SourceReport> reports(const UnscoredShare& unscored) const;
  /// Whether Kafka's sources may still bring what came while nobody read them: until their lag is known to be 0. Nobody
  /// waits for it longer than a minute, within which a group gives up the member that was killed. Any thread.
  bool catching_up() const;
  /// Those that receive by HTTP, for their routes.
  std::span<const std::unique_ptr<PostSource>> posts() const { return posts_; }
  /// Kafka's loops, for the liveness check.
  std::vector<WatchedLoop> loops() const;

 private:
  static std::shared_ptr<KafkaSource> open_kafka(const SourceParts& parts, const ingest::KafkaOptions& options,
                                                 const ingest::DocumentLimits& limits);
  static std::vector<std::unique_ptr<PostSource>> open_posts(const SourceParts& parts);
  static FeedLoopParts feed_parts(const SourceParts& parts);

  KafkaSources kafka() const;
  KafkaSources prepare_kafka(const config::Config& next, const std::vector<std::string>& changed) const;
  void replace_kafka(const KafkaSources& next);

  IoThread& io_;
  const SourceParts parts_;
  const std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
  mutable Mutex mutex_;
  KafkaSources kafka_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<PostSource>> posts_;
  FeedLoop feeds_;
  HeldRelease held_;
};

/// The states of these feeds that the database has. Throws StorageError.
std::map<std::string, std::string> feed_states(const config::Config& config, const std::vector<std::string>& names);

/// For the history: a source that is not configured any more does not count as missing, and companies are watched from
/// when they join the watch list.
void note_configured(const config::Config& config, const EntityTags& watched, WriterQueue& writer);

}  // namespace tapewatch
