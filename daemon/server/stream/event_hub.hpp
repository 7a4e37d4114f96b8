#pragma once
// Server-sent events: one reader of the event table for all live clients.
#include <spdlog/fwd.h>

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "config/notation/mutex.hpp"
#include "daemon/server/stream/event_log.hpp"

namespace tapewatch {

/// "id: 7\nevent: document\ndata: {…}\n\n"
std::string event_frame(const StreamEvent& event);

/// Keeps the newest events in memory while there are clients: a commit costs one query, however many clients there are.
/// Thread-safe. A client asks for what follows its cursor; when that is no longer in memory it reads the table itself.
class EventHub : public std::enable_shared_from_this<EventHub> {
 public:
  EventHub(boost::asio::any_io_executor pool, std::shared_ptr<EventLog> log, std::size_t backlog, std::size_t page,
           std::shared_ptr<spdlog::logger> logger);

  /// There may be new rows. Never blocks; calls coalesce.
  void notify();

  /// `wake` is called (any thread, must not block) whenever events were added. Returns the key for leave().
  std::uint64_t join(std::function<void()> wake);
  void leave(std::uint64_t client);
  std::size_t clients() const;
  /// Events in memory begin after this id; none while there are none.
  std::optional<std::int64_t> start() const;

  struct Portion {
    std::string frames;       // whole frames, about `most_bytes` at most
    std::int64_t cursor = 0;  // id of the last one in it
    bool behind = false;      // the events after the cursor are no longer (or not yet) in memory: read the table
  };
  Portion take(std::int64_t cursor, std::size_t most_bytes) const;

  EventLog& log() { return *log_; }
  std::size_t page() const { return page_; }

 private:
  struct Frame {
    std::int64_t id;
    std::string text;
  };
  struct Start {
    bool known;  // false: begin at the newest event
    std::int64_t id;
  };
  void refill();                      // on the pool, one at a time
  std::optional<Start> next_start();  // none: nothing to do; the refill is complete
  void add(std::int64_t base, const std::vector<StreamEvent>& events);

  const boost::asio::any_io_executor pool_;
  const std::shared_ptr<EventLog> log_;
  const std::size_t backlog_, page_;
  const std::shared_ptr<spdlog::logger> logger_;

  mutable Mutex mutex_;
  std::unordered_map<std::uint64_t, std::function<void()>> clients_ GUARDED_BY(mutex_);
  std::uint64_t next_client_ GUARDED_BY(mutex_) = 0;
  std::deque<Frame> frames_ GUARDED_BY(mutex_);
  std::optional<std::int64_t> base_
      GUARDED_BY(mutex_);  // frames_ holds everything after this id; none: no clients so far
  bool refilling_ GUARDED_BY(mutex_) = false, again_ GUARDED_BY(mutex_) = false;
};

}  // namespace tapewatch
