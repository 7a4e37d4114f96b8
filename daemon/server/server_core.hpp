#pragma once
// What the sessions of one server share. Internal to daemon/server.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <unordered_map>

#include "config/notation/mutex.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/server.hpp"
#include "daemon/server/stream/event_hub.hpp"

namespace tapewatch {

class Gate;
class Session;

/// Counts what is running; a Ticket is one of it and gives its place back when it goes.
class TicketCounter : public std::enable_shared_from_this<TicketCounter> {
 public:
  explicit TicketCounter(std::size_t most) : most_(most) {}
  using Ticket = std::shared_ptr<void>;
  /// Null when all places are taken. Any thread.
  Ticket take() {
    if (taken_.fetch_add(1) >= most_) {
      --taken_;
      return nullptr;
    }
    return Ticket(this, [self = shared_from_this()](void*) { --self->taken_; });
  }
  std::size_t taken() const { return taken_; }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> taken_{0};
};

struct ServerCore {
  ServerCore(boost::asio::io_context& io_, ServerOptions options_, const Router& router_, Authenticator& auth_,
             Metrics& metrics_, std::shared_ptr<spdlog::logger> log_, std::shared_ptr<EventLog> events);

  boost::asio::io_context& io;
  const ServerOptions options;
  const Router& router;
  Authenticator& auth;
  Metrics& metrics;
  std::shared_ptr<spdlog::logger> log;
  boost::asio::thread_pool query_threads;
  std::shared_ptr<EventHub> hub;            // null: no event log
  std::vector<std::string> loopback_hosts;  // accepted in Host when no token is asked for
  std::shared_ptr<TicketCounter> queries = std::make_shared<TicketCounter>(options.max_in_flight);
  std::shared_ptr<TicketCounter> deferred = std::make_shared<TicketCounter>(options.max_in_flight);
  std::atomic<bool> stopping{false};

  std::string next_request_id();
  void report_load();

  /// Sessions that are open; the last one to leave calls `when_empty`.
  void enter(const std::shared_ptr<Session>& session);
  void leave(Session* session);
  std::vector<std::shared_ptr<Session>> open_sessions() const;
  std::size_t session_count() const;
  void when_empty(std::function<void()> callback);

  /// Gates at which deferred requests wait for the pipeline. A stop must not wait for their deadline:
  /// `give_up_waiting` ends the waits there are and those that begin later. Any thread.
  void add_waiting(const std::shared_ptr<Gate>& gate);
  void remove_waiting(Gate* gate);
  void give_up_waiting();

 private:
  mutable Mutex mutex_;
  std::unordered_map<Session*, std::weak_ptr<Session>> sessions_ GUARDED_BY(mutex_);
  std::function<void()> when_empty_ GUARDED_BY(mutex_);
  std::unordered_map<Gate*, std::weak_ptr<Gate>> waiting_ GUARDED_BY(mutex_);
  bool gave_up_ GUARDED_BY(mutex_) = false;
  const std::string id_prefix_;
  std::atomic<std::uint64_t> next_id_{0};
};

}  // namespace tapewatch
