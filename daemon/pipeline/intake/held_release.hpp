#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <set>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "daemon/pipeline/periodic_task.hpp"
#include "daemon/pipeline/writer_queue.hpp"

namespace tapewatch {

struct HeldReleaseOptions {
  std::chrono::milliseconds every{1'000};  ///< how late an embargo may end
  std::size_t most = 100;                  ///< documents handed over at once
};

/// What it works with. References outlive it.
struct HeldReleaseParts {
  WriterQueue& writer;
  DocumentQueue& documents;
  const EventClock& clock;
  std::uint32_t slot = 0;
  std::shared_ptr<spdlog::logger> log;
};

/// Hands over documents whose embargo is over, like a source of its own: they are scored, and leave the table `held` in
/// the transaction that stores them. By the trusted clock, and not while that is in doubt: a clock that jumps ahead
/// reveals nothing. Io thread.
class HeldRelease {
 public:
  HeldRelease(boost::asio::io_context& io, HeldReleaseOptions options, HeldReleaseParts parts);

  void start() { task_.start(); }
  /// `done` is called on the io thread once the current round has ended.
  void stop(std::function<void()> done) { task_.stop(std::move(done)); }

 private:
  /// Handed over and not committed yet; the writer's thread reports the commit.
  class InFlight {
   public:
    bool add(std::int64_t id) {
      const MutexLock lock(mutex_);
      return ids_.insert(id).second;
    }
    void remove(std::int64_t id) {
      const MutexLock lock(mutex_);
      ids_.erase(id);
    }

   private:
    Mutex mutex_;
    std::set<std::int64_t> ids_ GUARDED_BY(mutex_);
  };

  boost::asio::awaitable<std::chrono::milliseconds> round();

  const HeldReleaseOptions options_;
  HeldReleaseParts parts_;
  std::uint64_t next_number_ = 0;
  std::shared_ptr<InFlight> in_flight_ = std::make_shared<InFlight>();
  PeriodicTask task_;
};

}  // namespace tapewatch
