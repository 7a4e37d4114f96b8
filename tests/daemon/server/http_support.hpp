#pragma once
// Shared by the HTTP tests: a server on a free port, a client with plain sockets, and calls of a route without sockets.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "daemon/observe/log.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/query_string.hpp"
#include "daemon/server/request_checks.hpp"
#include "daemon/server/server.hpp"

namespace http_test {

using namespace tapewatch;
using namespace std::chrono_literals;

/// A blocking client: it sends exactly what the test gives it, so that it can be rude.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("connect failed");
    }
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(socket_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the other side has closed: its answer can still be read
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Reads until `mark` arrives; returns everything up to its end. Throws after ten seconds, or at the end of stream.
  std::string read_until(std::string_view mark) {
    while (received_.find(mark) == std::string::npos) {
      if (!receive()) throw std::runtime_error("closed before \"" + std::string(mark) + "\"; got: " + received_);
    }
    return take(received_.find(mark) + mark.size());
  }

  /// One whole response, header and body.
  std::string read_response(bool has_body = true) {
    std::string head = read_until("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    if (at == std::string::npos || !has_body) return head;
    const std::size_t length = std::stoul(head.substr(at + 16));
    while (received_.size() < length) {
      if (!receive()) throw std::runtime_error("closed within a body");
    }
    return head + take(length);
  }

  /// Everything until the server closes.
  std::string read_all() {
    while (receive()) {
    }
    return take(received_.size());
  }

  /// True when the server closes (earlier bytes are discarded).
  bool closes() {
    while (receive()) received_.clear();
    return true;
  }

 private:
  bool receive() {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, 10'000) != 1) throw std::runtime_error("nothing came within 10 s; got: " + received_);
    char buffer[16 * 1024];
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  int socket_;
  std::string received_;
};

inline std::string get(const std::string& target, const std::string& more = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}
inline std::string post(const std::string& target, const std::string& body, const std::string& more = {}) {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more + "\r\n" + body;
}
inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
inline std::string body_of(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }

inline ServerOptions any_port() {
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  return options;
}

/// A server with its own io thread. Routes are added before start().
class TestServer {
 public:
  explicit TestServer(ServerOptions options = any_port(), std::shared_ptr<EventLog> events = nullptr,
                      std::optional<config::TokenTable> tokens = std::nullopt,
                      std::shared_ptr<const LiveCertificate> certificate = nullptr,
                      std::shared_ptr<spdlog::logger> log = silent_logger())
      : auth(std::move(tokens)),
        server(std::in_place, io_, std::move(options), router, auth, metrics, std::move(log), std::move(events),
               nullptr, std::move(certificate)) {}
  ~TestServer() {
    if (thread_.joinable()) server->stop_and_wait(2s);
    work_.reset();
    io_.stop();
    if (thread_.joinable()) thread_.join();
    server.reset();
  }

  void start() {
    server->start();
    thread_ = std::thread([this] { io_.run(); });
  }
  std::uint16_t port() const { return server->ports().at(0); }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;

 public:
  Router router;
  Authenticator auth;
  Metrics metrics{"test", "none"};
  std::optional<HttpServer> server;
};

inline InlineHandler says(std::string text) {
  return InlineHandler{[text](const ApiRequest&) {
    ApiResponse response;
    response.body = text;
    return response;
  }};
}

/// An answer in parts, with all of them.
inline ApiResponse whole(ApiResponse response) {
  const NextPart more = std::exchange(response.more, nullptr);
  while (more) {
    const auto part = more(std::chrono::steady_clock::now() + 20s);
    if (!part) break;
    response.body += *part;
  }
  return response;
}

/// Calls a route as the server would, on this thread and without sockets; a deferred one is waited for.
inline ApiResponse call(const Router& router, const std::string& method, const std::string& target,
                        const std::string& body = {}, Fields headers = {}, WallTime now = WallTime{}) {
  const auto parsed = parse_target(target);
  auto match = router.match(method, parsed->path);
  if (!match.route) {
    ApiResponse none;
    none.status = match.allow.empty() ? 404 : 405;
    return none;
  }
  ApiRequest request;
  request.method = method;
  request.path = *percent_decode(parsed->path, PlusIs::plus);
  request.query = *parse_query(parsed->query);
  request.headers = std::move(headers);
  request.path_parameters = std::move(match.path_parameters);
  request.body = body;
  request.request_id = "test-1";
  request.now = now;
  request.deadline = std::chrono::steady_clock::now() + 20s;
  if (const auto* query = std::get_if<QueryHandler>(&match.route->handler)) return whole(query->run(request));
  if (const auto* now_handler = std::get_if<InlineHandler>(&match.route->handler)) return now_handler->run(request);
  const auto* deferred = std::get_if<DeferredHandler>(&match.route->handler);
  if (!deferred) throw std::runtime_error("not a route to call: " + target);
  const auto answer = std::make_shared<std::promise<ApiResponse>>();
  const auto pending =
      deferred->run(request, [answer](ApiResponse response) { answer->set_value(std::move(response)); });
  return answer->get_future().get();
}

}  // namespace http_test
