#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/client/client.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "daemon/pipeline/intake/contact_log.hpp"
#include "daemon/pipeline/intake/feed_fetch.hpp"
#include "daemon/pipeline/intake/source_health.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/feed/feed_options.hpp"
#include "ingest/feed/feed_state.hpp"
#include "ingest/feed/host_spacing.hpp"

namespace tapewatch {

/// The feeds of a configuration that takes the place of another one.
struct FeedReplacement {
  std::vector<ingest::FeedOptions> feeds;
  std::vector<std::string> changed;          ///< names of those that go on with other options
  std::map<std::string, std::string> saved;  ///< the last committed state of those that are new, by name
};

/// What the loop needs besides the feeds.
struct FeedLoopParts {
  /// The last committed state of a source, nullopt if there is none. Called by the constructor only.
  std::function<std::optional<std::string>(const std::string& source)> saved_state;
  ingest::DocumentLimits limits;
  const EventClock* clock = nullptr;  ///< for receipt times; null: the wall clock. Polling always uses the wall clock
  FeedAccess access;
  std::shared_ptr<spdlog::logger> log;
  ContactLog* contacts = nullptr;  ///< receives every poll; may be null
};

/// Polls the feeds: one coroutine per feed, on the io thread; responses are parsed on a separate thread, so that a
/// large one does not delay HTTP.
///
/// Back-pressure: while the document queue is full a feed waits and requests nothing new. A feed's state (validators)
/// travels with the last record of its response and commits with it or after it: items listed but not committed are
/// fetched again after a restart, or by a feed that a reload has changed.
class FeedLoop {
 public:
  /// Throws std::runtime_error naming the file when a feed's `ca_file` cannot be used.
  FeedLoop(boost::asio::io_context& io, std::vector<ingest::FeedOptions> feeds, FeedLoopParts parts,
           DocumentQueue& documents, SourceRegistry& registry, Metrics& metrics);
  ~FeedLoop();
  FeedLoop(const FeedLoop&) = delete;
  FeedLoop& operator=(const FeedLoop&) = delete;

  /// Io thread.
  void start();
  /// What is being fetched ends first: that of a changed feed counts as it was asked for, that of a removed one is
  /// dropped. Io thread, after start().
  void replace(FeedReplacement next);
  /// Aborts fetches in flight. `done` is called on the io thread once all coroutines have returned. Io thread.
  void stop(std::function<void()> done);
  /// Any thread.
  std::vector<SourceReport> reports() const;

 private:
  struct Feed;
  Feed& add(ingest::FeedOptions options, const std::string& saved);
  void remove(Feed& feed);
  void begin(Feed& feed);
  void begin_again(Feed& feed);
  bool goes_on(const Feed& feed) const;
  boost::asio::awaitable<void> run(Feed& feed);
  boost::asio::awaitable<void> wait_for_host(Feed& feed);
  boost::asio::awaitable<TimePoint> poll(Feed& feed);
  boost::asio::awaitable<ingest::FeedOutcome> fetch(Feed& feed);
  boost::asio::awaitable<bool> hand_over(Feed& feed, ingest::FeedOutcome& outcome);
  boost::asio::awaitable<bool> push(Feed& feed, Incoming incoming);
  boost::asio::awaitable<void> sleep_until(Feed& feed, TimePoint at);
  void report(Feed& feed, const ingest::FeedOutcome& outcome);
  void tell_contact(const Feed& feed, const ingest::FeedOutcome& outcome, TimePoint now);
  std::shared_ptr<HttpClient> client_for(const ingest::FeedOptions& options);
  double jitter() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }
  void ended(Feed& feed);

  boost::asio::io_context& io_;
  const FeedLoopParts parts_;
  DocumentQueue& documents_;
  Metrics& metrics_;
  SourceRegistry& registry_;
  /// Of the feeds with these authorities and this time-out, which own it.
  std::map<std::pair<std::string, std::chrono::milliseconds>, std::weak_ptr<HttpClient>> clients_;
  ingest::HostSpacing spacing_;
  std::vector<std::unique_ptr<Feed>> feeds_;  // and those that were removed, until their fetch has ended
  mutable Mutex mutex_;
  std::vector<const SourceHealth*> listed_ GUARDED_BY(mutex_);  // of the feeds that are configured
  std::mt19937 random_{std::random_device{}()};
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::function<void()> on_ended_;
  boost::asio::thread_pool parser_{1};
};

}  // namespace tapewatch
