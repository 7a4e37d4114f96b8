// The server is full: who is closed, who is refused, and that a supervisor is still answered.
#include "daemon/server/connections.hpp"

#include <deque>

#include "daemon/server/session.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/daemon/server/latch.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

struct FakeSession final : Session {
  void start() override {}
  void close_gently() override { ended = "gently"; }
  void cut() override { ended = "cut"; }
  std::string ended;
};

std::shared_ptr<FakeSession> enter(Connections& connections, Connections::Place place = Connections::Place::regular) {
  auto session = std::make_shared<FakeSession>();
  connections.enter(session, place);
  return session;
}

/// Two regular connections and two reserved ones; `/wait` blocks a query thread, `/healthz` and `/metrics` are inline.
struct FullServer {
  FullServer() : server(options()) {
    server.router.get("/wait", Access::read, QueryHandler{[this](const ApiRequest&) {
                        latch.wait();
                        return ApiResponse{};
                      }});
    server.router.get("/inline", Access::read, says("inline"));
    server.router.get("/healthz", Access::open, says("alive"), Reach{.when_full = true, .any_host = true});
    server.router.get("/metrics", Access::read, says("figures"),
                      Reach{.when_full = true, .hosts = {"scraper.example"}});
    server.start();
  }
  static ServerOptions options() {
    ServerOptions options = any_port();
    options.max_connections = 2;
    options.reserved_connections = 2;
    options.query_threads = 2;
    return options;
  }
  std::string answer(const std::string& request) {
    Client client(server.port());
    client.send(request);
    return client.read_all();
  }
  Latch latch;  // outlives the query threads that wait for it
  TestServer server;
};

}  // namespace

TEST_CASE("the connection that has been idle the longest makes room; busy ones stay") {
  using Place = Connections::Place;
  Connections connections(2, 1);
  REQUIRE(connections.find_place() == Place::regular);
  const auto first = enter(connections);
  const auto second = enter(connections);
  connections.set_idle(first.get(), false);
  connections.set_idle(first.get(), true);  // has served since, so `second` is idle longer
  CHECK(connections.find_place() == Place::regular);
  CHECK(first->ended.empty());
  CHECK(second->ended == "gently");
  const auto third = enter(connections);
  connections.leave(second.get());
  connections.set_idle(first.get(), false);
  connections.set_idle(third.get(), false);
  CHECK(connections.find_place() == Place::reserved);
  const auto spare = enter(connections, Place::reserved);
  CHECK(connections.find_place() == Place::reserved);  // a silent one on a reserved place is closed as well
  CHECK(spare->ended == "cut");
  const auto asks = enter(connections, Place::reserved);
  connections.set_idle(asks.get(), false);
  CHECK(connections.find_place() == Place::none);
  CHECK(first->ended.empty());
  CHECK(third->ended.empty());
  CHECK_FALSE(connections.drop_idle());
  connections.set_idle(third.get(), true);
  CHECK(connections.drop_idle());
  CHECK(third->ended == "gently");
  CHECK(connections.count() == 4);
}

TEST_CASE("silent connections do not keep others out: the oldest is closed for any request") {
  FullServer full;
  std::deque<Client> silent;
  for (int i = 0; i < 6; ++i) silent.emplace_back(full.server.port());
  for (int i = 0; i < 4; ++i) CHECK(silent[static_cast<std::size_t>(i)].closes());
  Client client(full.server.port());
  client.send(get("/inline"));
  CHECK(body_of(client.read_response()) == "inline");
  CHECK(silent[4].closes());
  silent[5].send(get("/inline"));
  CHECK(body_of(silent[5].read_response()) == "inline");
}

TEST_CASE("with every connection busy only a supervisor is answered") {
  FullServer full;
  std::deque<Client> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back(full.server.port());
    busy.back().send(get("/wait"));
  }
  full.latch.await_waiting(2);
  std::deque<Client> silent;
  for (int i = 0; i < 6; ++i) silent.emplace_back(full.server.port());
  const std::string alive = full.answer(get("/healthz"));
  CHECK(alive.starts_with("HTTP/1.1 200 "));
  CHECK(has(alive, "Connection: close\r\n"));
  CHECK(body_of(alive) == "alive");
  CHECK(body_of(full.answer("GET /healthz HTTP/1.0\r\n\r\n")) == "alive");
  CHECK(body_of(full.answer(get("/metrics"))) == "figures");
  const std::string refused = full.answer(get("/inline") + get("/healthz"));
  CHECK(refused.starts_with("HTTP/1.1 503 "));
  CHECK(has(refused, "Retry-After: 1\r\n"));
  CHECK_FALSE(has(refused, "alive"));
  CHECK(full.answer(get("/nowhere")).starts_with("HTTP/1.1 503 "));
  full.latch.open();
  for (Client& client : busy) CHECK(has(client.read_response(), "200 OK"));
}

TEST_CASE("health under any name or none, metrics under its own names; everything else under the server's") {
  FullServer server;
  for (const char* head : {" HTTP/1.0\r\n\r\n", " HTTP/1.0\r\nHost: evil.example\r\n\r\n",
                           " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"}) {
    CAPTURE(head);
    CHECK(body_of(server.answer(std::string("GET /healthz") + head)) == "alive");
    CHECK(has(server.answer(std::string("GET /metrics") + head), "421 "));
    CHECK(has(server.answer(std::string("GET /inline") + head), "421 "));
    CHECK(has(server.answer(std::string("GET /nowhere") + head), "421 "));
  }
  const auto named = [&](const std::string& path) {
    return server.answer("GET " + path + " HTTP/1.1\r\nHost: Scraper.example:8080\r\nConnection: close\r\n\r\n");
  };
  CHECK(body_of(named("/metrics")) == "figures");
  CHECK(has(named("/inline"), "421 "));
  CHECK(has(server.answer("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"), "exactly one Host"));
  CHECK(has(server.answer("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), "exactly one Host"));
}

TEST_CASE("OPTIONS lists the methods, needs no token, and admits no other site") {
  FullServer server;
  const std::string one = server.answer("OPTIONS /inline HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(one.starts_with("HTTP/1.1 204 "));
  CHECK(has(one, "Allow: GET, HEAD, OPTIONS\r\n"));
  CHECK_FALSE(has(one, "Content-Length"));
  const std::string all = server.answer("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(all.starts_with("HTTP/1.1 204 "));
  CHECK(has(all, "Allow: GET, HEAD, OPTIONS\r\n"));
  CHECK(has(server.answer("OPTIONS /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), "404 "));
  CHECK(has(server.answer("OPTIONS * HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), "421 "));
  CHECK(has(server.answer("GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), "400 "));
  const std::string preflight = server.answer(
      "OPTIONS /inline HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
      "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
  CHECK(preflight.starts_with("HTTP/1.1 204 "));
  CHECK_FALSE(has(preflight, "Access-Control"));
}
