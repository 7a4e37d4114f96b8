#pragma once
// A server on loopback that sends exactly what a test tells it to, over TCP or TLS, on the test's own io_context: no
// threads, so there are no races and no waits.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace script_test {

namespace asio = boost::asio;
using asio::ip::tcp;

/// One accepted connection. Errors end a script silently: the client has closed.
class Connection {
 public:
  explicit Connection(tcp::socket socket, asio::ssl::context* tls) : socket_(std::move(socket)) {
    if (tls) secure_ = std::make_unique<asio::ssl::stream<tcp::socket&>>(socket_, *tls);
  }

  asio::awaitable<bool> begin() {
    boost::system::error_code error;
    if (secure_) {
      co_await secure_->async_handshake(asio::ssl::stream_base::server,
                                        asio::redirect_error(asio::use_awaitable, error));
    }
    co_return !error;
  }
  /// The request's header as sent, and as much of the body as came with it.
  asio::awaitable<std::string> request() {
    std::string text;
    boost::system::error_code error;
    if (secure_) {
      co_await asio::async_read_until(*secure_, asio::dynamic_buffer(text), "\r\n\r\n",
                                      asio::redirect_error(asio::use_awaitable, error));
    } else {
      co_await asio::async_read_until(socket_, asio::dynamic_buffer(text), "\r\n\r\n",
                                      asio::redirect_error(asio::use_awaitable, error));
    }
    co_return text;
  }
  /// False when the client has closed.
  asio::awaitable<bool> send(std::string bytes) {
    boost::system::error_code error;
    std::size_t sent = 0;
    if (secure_) {
      sent =
          co_await asio::async_write(*secure_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    } else {
      sent = co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    }
    sent_ += sent;
    co_return !error;
  }
  /// Waits until the client closes.
  asio::awaitable<void> wait_for_close() {
    boost::system::error_code error;
    std::vector<char> nothing(4096);
    while (!error) {
      co_await socket_.async_read_some(asio::buffer(nothing), asio::redirect_error(asio::use_awaitable, error));
    }
  }
  std::size_t sent() const { return sent_; }
  tcp::socket& socket() { return socket_; }

 private:
  tcp::socket socket_;
  std::unique_ptr<asio::ssl::stream<tcp::socket&>> secure_;
  std::size_t sent_ = 0;
};

using Script = std::function<asio::awaitable<void>(Connection&, const std::string& request)>;

inline asio::awaitable<void> say(Connection& connection, std::string text) {
  co_await connection.send(std::move(text));
}

/// Its coroutines own its state: a loop that continues after the server's end finds closed sockets, not freed memory.
class ScriptServer {
 public:
  ScriptServer(asio::io_context& io, Script script, asio::ssl::context* tls = nullptr)
      : state_(std::make_shared<State>(io, std::move(script), tls)) {
    asio::co_spawn(io, accept(state_), asio::detached);
  }
  /// Answers every request with one text.
  ScriptServer(asio::io_context& io, std::string answer, asio::ssl::context* tls = nullptr)
      : ScriptServer(io, Script([answer](Connection& c, const std::string&) { return say(c, answer); }), tls) {}
  ScriptServer(const ScriptServer&) = delete;
  ScriptServer& operator=(const ScriptServer&) = delete;
  ~ScriptServer() { close(); }

  void close() {
    boost::system::error_code ignored;
    state_->closed = true;
    state_->acceptor.close(ignored);
    for (const auto& open : state_->open) {
      if (const auto connection = open.lock()) connection->socket().close(ignored);
    }
  }
  std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
  std::string url(const std::string& path = "/", const std::string& host = "127.0.0.1") const {
    return (state_->tls ? "https://" : "http://") + host + ":" + std::to_string(port()) + path;
  }
  const std::vector<std::string>& requests() const { return state_->requests; }
  /// Bytes sent over all connections that have ended.
  std::size_t sent() const { return state_->sent; }

 private:
  struct State {
    State(asio::io_context& io, Script script_, asio::ssl::context* tls_)
        : acceptor(io, {asio::ip::address_v4::loopback(), 0}), script(std::move(script_)), tls(tls_) {}

    tcp::acceptor acceptor;
    Script script;
    asio::ssl::context* tls;
    std::vector<std::string> requests;
    std::list<std::weak_ptr<Connection>> open;
    std::size_t sent = 0;
    bool closed = false;
  };

  static asio::awaitable<void> accept(std::shared_ptr<State> state) {
    boost::system::error_code error;
    while (true) {
      tcp::socket socket = co_await state->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error || state->closed) co_return;
      auto connection = std::make_shared<Connection>(std::move(socket), state->tls);
      state->open.push_back(connection);
      asio::co_spawn(state->acceptor.get_executor(), serve(state, connection), asio::detached);
    }
  }
  /// A script's references end with the test: no script starts after the server's end.
  static asio::awaitable<void> serve(std::shared_ptr<State> state, std::shared_ptr<Connection> connection) {
    if (state->closed || !co_await connection->begin()) co_return;
    const std::string request = co_await connection->request();
    if (state->closed) co_return;
    state->requests.push_back(request);
    co_await state->script(*connection, request);
    state->sent += connection->sent();
  }

  std::shared_ptr<State> state_;
};

inline std::string answer_200(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

inline std::string redirect(int status, const std::string& to) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace script_test
