// Tested by tests/daemon/server/http_server_test.cpp
#include "daemon/server/server.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <memory>
#include <new>

#include "daemon/observe/spare_memory.hpp"
#include "daemon/server/as_tuple.hpp"
#include "daemon/server/listener.hpp"
#include "daemon/server/refusals.hpp"
#include "daemon/server/request_checks.hpp"
#include "daemon/server/server_certificate.hpp"
#include "daemon/server/session.hpp"

namespace tapewatch {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kLastCommits{500};
constexpr std::chrono::milliseconds kAcceptPause{100};
/// Free before a connection is accepted. A strand of Boost.Asio 1.81 that finds no memory once it has begun is
/// destroyed half made, and that ends the process.
constexpr std::size_t kSpareToAccept = 64 * 1024;

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
 public:
  Impl(asio::io_context& io, ServerOptions options, const Router& router, Authenticator& auth, Metrics& metrics,
       std::shared_ptr<spdlog::logger> log, std::shared_ptr<EventLog> events, std::shared_ptr<Shortages> shortages,
       std::shared_ptr<const LiveCertificate> certificate)
      : core_(std::make_shared<ServerCore>(io, std::move(options), router, auth, metrics, std::move(log),
                                           std::move(events), std::move(shortages), std::move(certificate))),
        strand_(asio::make_strand(io)),
        cut_timer_(strand_),
        answer_timer_(strand_) {}

  void start() {
    for (const std::string& address : core_->options.listen) {
      listeners_.push_back(open_listener(strand_, address));
      ports_.push_back(listeners_.back().acceptor.local_endpoint().port());
    }
    revive();
  }

  /// Starts accepting on listeners that do not. On the io thread, outside its handlers, or before it runs.
  void revive() {
    for (Listener& listener : listeners_) {
      if (listener.accepting || core_->stopping) continue;
      asio::co_spawn(strand_, accept(shared_from_this(), listener), asio::detached);
      listener.accepting = true;
    }
  }

  void stop(std::chrono::milliseconds deadline, std::function<void(bool)> done) {
    asio::post(strand_, [self = shared_from_this(), deadline, done = std::move(done)]() mutable {
      self->begin_stop(deadline, std::move(done));
    });
  }

  /// Waits for the current query of each thread; queued ones see `stopping` and end at once. (thread_pool::stop() would
  /// keep them, and they keep the core, which owns the pool.)
  void join() {
    core_->stopping = true;
    core_->query_threads.join();
    core_->scoring_threads.join();
  }

  const std::shared_ptr<ServerCore>& core() const { return core_; }
  const std::vector<std::uint16_t>& ports() const { return ports_; }

 private:
  /// If memory is missing when a wait begins, Asio drops the coroutine: this is recorded.
  struct Accepting {
    ServerCore& core;
    Listener& listener;
    ~Accepting() {
      listener.accepting = false;
      if (!core.stopping) ++core.lost;
    }
  };

  static asio::awaitable<void> accept(std::shared_ptr<Impl> self, Listener& listener) {
    const Accepting accepting{*self->core_, listener};
    asio::steady_timer pause(self->strand_);
    while (!self->core_->stopping) {
      bool failed = false;
      try {
        require_memory(kSpareToAccept);
        tcp::socket socket(asio::make_strand(self->core_->io));
        const auto [error] = co_await listener.acceptor.async_accept(socket, kTuple);
        if (error == asio::error::operation_aborted || self->core_->stopping) break;
        failed = error.failed();
        if (failed) {
          self->tell(listener, error);
        } else {
          self->begin_session(std::move(socket));
        }
      } catch (const std::exception& error) {
        failed = true;
        self->tell(listener, error);
      }
      if (!failed) continue;
      pause.expires_after(kAcceptPause);  // others will end, and this loop must not spin until then
      co_await pause.async_wait(kTuple);
    }
  }

  void begin_session(tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto place = core_->connections.find_place();
    const bool full = place == Connections::Place::none;
    if (full && core_->certificate) return;  // an answer would need a handshake
    if (full) return turn_away(std::move(socket));
    auto stream = core_->certificate ? make_tls_stream(std::move(socket), core_->certificate->get())
                                     : make_plain_stream(std::move(socket));
    Session::create(core_, std::move(stream), place)->start();
  }

  /// Why no connection was accepted. If descriptors are missing, an idle connection makes room.
  void tell(const Listener& listener, const std::error_code& error) {
    const auto missing = missing_resource(error);
    if (missing == Resource::descriptors) core_->connections.drop_idle();
    if (missing) {
      core_->shortages->report(*missing, "accepting connections");
    } else if (error != std::errc::connection_aborted) {
      core_->log->warn("{}: accepting failed: {}", listener.address, error.message());
    }
  }

  void tell(const Listener& listener, const std::exception& error) {
    if (const auto missing = missing_resource(error)) {
      core_->shortages->report(*missing, "accepting connections");
    } else {
      core_->log->warn("{}: accepting failed: {}", listener.address, error.what());
    }
  }

  void begin_stop(std::chrono::milliseconds deadline, std::function<void(bool)> done) {
    if (stopped_) return done(clean_);
    waiting_.push_back(std::move(done));
    if (core_->stopping.exchange(true)) return;
    for (Listener& listener : listeners_) {
      error_code ignored;
      listener.acceptor.close(ignored);
    }
    cut_timer_.expires_after(deadline);
    cut_timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->cut_sessions();
    });
    // Results that the pipeline commits at this moment are still answered in full; the rest as far as they are known.
    answer_timer_.expires_after(std::min<std::chrono::milliseconds>(kLastCommits, deadline / 4));
    answer_timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->core_->give_up_waiting();
    });
    core_->connections.when_empty(
        [self = shared_from_this()] { asio::post(self->strand_, [self] { self->end_stop(); }); });
    for (const auto& session : core_->connections.open()) session->close_gently();
  }

  void cut_sessions() {
    clean_ = false;
    const auto sessions = core_->connections.open();
    core_->log->warn("{} connections are cut at the deadline", sessions.size());
    for (const auto& session : sessions) session->cut();
  }

  void end_stop() {
    stopped_ = true;
    cut_timer_.cancel();
    answer_timer_.cancel();
    for (const auto& done : std::exchange(waiting_, {})) done(clean_);
  }

  const std::shared_ptr<ServerCore> core_;
  asio::strand<asio::io_context::executor_type> strand_;
  asio::steady_timer cut_timer_, answer_timer_;
  std::deque<Listener> listeners_;  // coroutines hold references
  std::vector<std::uint16_t> ports_;
  std::vector<std::function<void(bool)>> waiting_;  // for the end of the stop
  bool clean_ = true, stopped_ = false;
};

HttpServer::HttpServer(asio::io_context& io, ServerOptions options, const Router& router, Authenticator& auth,
                       Metrics& metrics, std::shared_ptr<spdlog::logger> log, std::shared_ptr<EventLog> events,
                       std::shared_ptr<Shortages> shortages, std::shared_ptr<const LiveCertificate> certificate)
    : impl_(std::make_shared<Impl>(io, std::move(options), router, auth, metrics, std::move(log), std::move(events),
                                   std::move(shortages), std::move(certificate))) {}

std::uint64_t HttpServer::lost() const { return impl_->core()->lost; }

bool HttpServer::revive() {
  try {
    impl_->revive();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

HttpServer::~HttpServer() { impl_->join(); }

void HttpServer::start() { impl_->start(); }

const std::vector<std::uint16_t>& HttpServer::ports() const { return impl_->ports(); }

void HttpServer::notify_commit() {
  if (impl_->core()->hub) impl_->core()->hub->notify();
}

void HttpServer::stop(std::chrono::milliseconds deadline, std::function<void()> done) {
  impl_->stop(deadline, [done = std::move(done)](bool) {
    if (done) done();
  });
}

bool HttpServer::stop_and_wait(std::chrono::milliseconds deadline) {
  const auto stopped = std::make_shared<std::promise<bool>>();
  auto future = stopped->get_future();
  impl_->stop(deadline, [stopped](bool clean) { stopped->set_value(clean); });
  return future.get();
}

}  // namespace tapewatch
