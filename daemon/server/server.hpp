#pragma once
// The HTTP/1.1 server of the daemon. This header has no Beast and little Asio: the implementation is in listener,
// session and event_stream.
#include <spdlog/fwd.h>

#include "daemon/server/router.hpp"
#include "daemon/server/stream/event_log.hpp"

namespace boost::asio {
class io_context;
}

namespace tapewatch {

class Authenticator;
class LiveCertificate;
class Metrics;
class Shortages;

struct ServerOptions {
  std::vector<std::string> listen = {"127.0.0.1:8080"};  // ADDRESS:PORT, [v6]:PORT, localhost:PORT; port 0: any
  std::string external_url;                              // its host is accepted beside loopback's names
  std::size_t max_connections = 512;                     // above it: the one idle longest is closed
  std::size_t reserved_connections = 16;                 // beyond max_connections, for requests of supervisors
  std::size_t max_in_flight = 64;  // requests on query threads, and as many on scoring threads; above it: 503
  std::size_t query_threads = 2;
  std::size_t scoring_threads = 8;
  std::uint32_t max_header_bytes = 16 * 1024;
  std::size_t max_sse_clients = 32;
  std::size_t event_backlog = 4096;                    // events kept in memory for live clients
  std::size_t event_page = 500;                        // events read from the database at once
  std::chrono::milliseconds idle_timeout{60'000};      // keep-alive without a request
  std::chrono::milliseconds reserved_timeout{2'000};   // time for the head of a request on a reserved connection
  std::chrono::milliseconds header_timeout{10'000};    // from the first byte to the end of the header
  std::chrono::milliseconds body_timeout{30'000};      // the whole body
  std::chrono::milliseconds write_timeout{30'000};     // one response, or one event frame to a slow client
  std::chrono::milliseconds request_deadline{30'000};  // from the end of the request to its answer
  std::chrono::milliseconds event_heartbeat{15'000};   // a comment line on a silent stream
};

/// Thrown by start(): the address, the reason and the remedy.
class ListenError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Owns the listeners, the sessions (a strand each) and the query threads. `router`, `auth`, `metrics` and `events`
/// must outlive it. The io_context may be run by one thread or several.
class HttpServer {
 public:
  /// `events` may be null: then /v1/stream answers 503. `shortages`: receives resource shortages; null: the log.
  /// `certificate`: every address speaks TLS with it; null: HTTP without TLS. Throws std::system_error if no thread can
  /// be started.
  HttpServer(boost::asio::io_context& io, ServerOptions options, const Router& router, Authenticator& auth,
             Metrics& metrics, std::shared_ptr<spdlog::logger> log, std::shared_ptr<EventLog> events = nullptr,
             std::shared_ptr<Shortages> shortages = nullptr,
             std::shared_ptr<const LiveCertificate> certificate = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Binds every address and begins to accept. Throws ListenError, leaving nothing open.
  void start();

  /// The port of each address of options.listen, in order, after start(). (Port 0 binds any.)
  const std::vector<std::uint16_t>& ports() const;

  /// How many connections and listeners have ended because memory was missing. If std::bad_alloc leaves
  /// io_context::run() and this has not increased, something else has ended.
  std::uint64_t lost() const;
  /// Accepts again on lost listeners; false if memory is still missing. On the io thread, outside its
  /// handlers.
  bool revive();

  /// Notifies event streams of a commit. Any thread; never blocks; calls coalesce.
  void notify_commit();

  /// Stops accepting, closes idle connections and event streams, lets requests in flight finish, and cuts the rest off
  /// after `deadline`; then calls `done` on the io_context. Any thread; a second call only waits for the first.
  void stop(std::chrono::milliseconds deadline, std::function<void()> done);

  /// Calls stop() and waits for it; true if nothing was cut off. Never from an io thread.
  bool stop_and_wait(std::chrono::milliseconds deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tapewatch
