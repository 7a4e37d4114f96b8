// How the server stops with real sockets: what idle, busy and waiting clients are told, and how long it takes.
#include "tests/daemon/server/http_support.hpp"
#include "tests/daemon/server/latch.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

TEST_CASE("stop: idle connections close, a request in flight is finished, nothing new is accepted") {
  Latch latch;  // outlives the query threads that wait for it
  TestServer server;
  server.router.get("/wait", Access::read, QueryHandler{[&](const ApiRequest&) {
                      latch.wait();
                      ApiResponse response;
                      response.body = "finished";
                      return response;
                    }});
  server.start();
  Client idle(server.port());
  Client busy(server.port());
  busy.send(get("/wait"));
  latch.await_waiting(1);
  auto stopped = std::async(std::launch::async, [&] { return server.server->stop_and_wait(10s); });
  CHECK(idle.closes());
  CHECK_THROWS(Client(server.port()));
  latch.open();
  const std::string answer = busy.read_response();
  CHECK(body_of(answer) == "finished");
  CHECK(has(answer, "Connection: close"));
  CHECK(stopped.get());
}

TEST_CASE("stop answers requests that wait for a commit as far as they are known, without waiting for their deadline") {
  struct Known final : DeferredAnswer {
    ApiResponse at_deadline() override {
      ApiResponse response;
      response.body = "the rest is unknown";
      return response;
    }
  };
  TestServer server;
  Latch latch;
  server.router.get("/waits", Access::read,
                    DeferredHandler{[](const ApiRequest&, const Reply&) { return std::make_shared<Known>(); }});
  server.router.get("/blocked", Access::read, DeferredHandler{[&](const ApiRequest&, const Reply&) {
                      latch.wait();
                      return std::shared_ptr<DeferredAnswer>();
                    }});
  server.start();
  Client waits(server.port()), blocked(server.port());
  waits.send(get("/waits"));
  blocked.send(get("/blocked"));
  latch.await_waiting(1);
  std::this_thread::sleep_for(100ms);
  const auto began = std::chrono::steady_clock::now();
  CHECK(server.server->stop_and_wait(8s));
  CHECK(std::chrono::steady_clock::now() - began < 4s);
  CHECK(body_of(waits.read_response()) == "the rest is unknown");
  const std::string nothing = blocked.read_response();
  CHECK(has(nothing, "503"));
  CHECK(has(nothing, "sending it again is safe"));
  latch.open();
}

TEST_CASE("stop cuts the rest off at its deadline") {
  Latch latch;  // outlives the query threads that wait for it
  TestServer server;
  server.router.get("/wait", Access::read, QueryHandler{[&](const ApiRequest&) {
                      latch.wait();
                      return ApiResponse{};
                    }});
  server.start();
  Client busy(server.port());
  busy.send(get("/wait"));
  latch.await_waiting(1);
  auto stopped = std::async(std::launch::async, [&] { return server.server->stop_and_wait(50ms); });
  CHECK(busy.closes());
  latch.open();
  CHECK_FALSE(stopped.get());
}
