#pragma once
// Shared by the sessions of one server. Internal to daemon/server.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <unordered_map>

#include "config/notation/mutex.hpp"
#include "daemon/observe/line_budget.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/connections.hpp"
#include "daemon/server/server.hpp"
#include "daemon/server/stream/event_hub.hpp"
#include "daemon/server/worker_pool.hpp"

namespace tapewatch {

class Gate;
class LiveCertificate;

/// Counts running requests; a Ticket stands for one and frees its place when destroyed.
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
             Metrics& metrics_, std::shared_ptr<spdlog::logger> log_, std::shared_ptr<EventLog> events,
             std::shared_ptr<Shortages> shortages_ = nullptr,
             std::shared_ptr<const LiveCertificate> certificate_ = nullptr);

  boost::asio::io_context& io;
  const ServerOptions options;
  const Router& router;
  Authenticator& auth;
  Metrics& metrics;
  std::shared_ptr<spdlog::logger> log;
  const std::shared_ptr<Shortages> shortages;
  const std::shared_ptr<const LiveCertificate> certificate;  // of every listener; null: HTTP without TLS
  WorkerPool query_threads, scoring_threads;
  std::shared_ptr<EventHub> hub;            // null: no event log
  std::vector<std::string> loopback_hosts;  // accepted in Host when no token is asked for
  Connections connections{options.max_connections, options.reserved_connections};
  std::shared_ptr<TicketCounter> queries = std::make_shared<TicketCounter>(options.max_in_flight);
  std::shared_ptr<TicketCounter> scorings = std::make_shared<TicketCounter>(options.max_in_flight);
  std::shared_ptr<TicketCounter> deferred = std::make_shared<TicketCounter>(options.max_in_flight);
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> lost{0};  // sessions and accepting coroutines ended by a lack of memory

  std::string next_request_id();
  void report_load();
  /// One line of the log for a connection that got no further than its handshake; a flood of them is cut short. Nothing
  /// without a reason: programs that watch a port connect and leave. Any thread.
  void report_handshake(const std::string& client, const std::string& why);

  /// Gates at which deferred requests wait for the pipeline. A stop must not wait for their deadline: `give_up_waiting`
  /// ends current and later waits. Any thread.
  void add_waiting(const std::shared_ptr<Gate>& gate);
  void remove_waiting(Gate* gate);
  void give_up_waiting();

 private:
  /// What left a task of the pools.
  void report_failure(const std::exception& error) const;

  mutable Mutex mutex_;
  std::unordered_map<Gate*, std::weak_ptr<Gate>> waiting_ GUARDED_BY(mutex_);
  bool gave_up_ GUARDED_BY(mutex_) = false;
  LineBudget handshake_lines_ GUARDED_BY(mutex_){{.lines = 10, .period = std::chrono::minutes(10)}};
  const std::string id_prefix_;
  std::atomic<std::uint64_t> next_id_{0};
};

}  // namespace tapewatch
