// The server with real sockets on a free port: its answers to good, rude and slow clients.
#include <atomic>
#include <boost/asio/write.hpp>

#include "daemon/server/departure.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/daemon/server/latch.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

QueryHandler echo() {
  return QueryHandler{[](const ApiRequest& request) {
    ApiResponse response;
    response.body = request.method + " " + request.path + " " + request.body;
    return response;
  }};
}

void add_common_routes(Router& router) {
  router.get("/inline", Access::read, says("inline"));
  router.get("/query", Access::read, echo());
  router.add(Route{"POST", "/query", Access::ingest, echo(), 64});
  router.get("/throws", Access::read,
             QueryHandler{[](const ApiRequest&) -> ApiResponse { throw std::runtime_error("secret detail"); }});
  router.get("/memory", Access::read, QueryHandler{[](const ApiRequest&) -> ApiResponse { throw std::bad_alloc(); }});
  router.get("/threads", Access::read, InlineHandler{[](const ApiRequest&) -> ApiResponse {
               throw std::system_error(EAGAIN, std::generic_category());
             }});
}

/// Both ends of a connection over loopback.
struct Ends {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor acceptor{io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  boost::asio::ip::tcp::socket theirs{io}, ours{io};

  Ends() {
    theirs.connect(acceptor.local_endpoint());
    ours = acceptor.accept();
  }
  bool left() {
    // What was sent over loopback has arrived when the call returns.
    return has_left(ours.native_handle());
  }
};

}  // namespace

TEST_CASE("requests on one connection are answered in order, also when they come at once") {
  TestServer server;
  add_common_routes(server.router);
  server.start();
  Client client(server.port());
  client.send(get("/inline") + get("/query?x=1") + post("/query", "hello") + get("/inline"));
  CHECK(body_of(client.read_response()) == "inline");
  CHECK(body_of(client.read_response()) == "GET /query ");
  CHECK(body_of(client.read_response()) == "POST /query hello");
  const std::string last = client.read_response();
  CHECK(body_of(last) == "inline");
  for (const char* header : {"HTTP/1.1 200 OK", "X-Request-Id: ", "X-Content-Type-Options: nosniff",
                             "Date: ", "Cache-Control: no-store", "Connection: keep-alive"}) {
    CAPTURE(header);
    CHECK(has(last, header));
  }
}

TEST_CASE("HEAD has the length and no body; HTTP/1.0 and close end the connection") {
  TestServer server;
  add_common_routes(server.router);
  server.start();
  Client client(server.port());
  client.send("HEAD /inline HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(has(client.read_response(false), "Content-Length: 6"));
  client.send(get("/inline", "Connection: close\r\n"));
  CHECK(has(client.read_response(), "Connection: close"));
  CHECK(client.closes());
  Client old(server.port());
  old.send("GET /inline HTTP/1.0\r\nHost: localhost\r\n\r\n");
  CHECK(body_of(old.read_response()) == "inline");
  CHECK(old.closes());
}

TEST_CASE("what cannot be served has a problem with a stable type") {
  TestServer server;
  add_common_routes(server.router);
  server.start();
  const auto answer = [&](const std::string& bytes) {
    Client client(server.port());
    client.send(bytes);
    return client.read_response();
  };
  CHECK(has(answer(get("/nowhere")), "404 Not Found"));
  const std::string wrong_method = answer("PUT /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  CHECK(has(wrong_method, "405 Method Not Allowed"));
  CHECK(has(wrong_method, "Allow: GET, HEAD, POST, OPTIONS\r\n"));
  CHECK(has(answer(get("/inline?x=%zz")), "problem:bad-request"));
  CHECK(has(answer("GET /inline HTTP/1.1\r\n\r\n"), "exactly one Host"));
  CHECK(has(answer("GET /inline HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"), "exactly one Host"));
  CHECK(has(answer("GET /inline HTTP/1.1\r\nHost: evil.example\r\n\r\n"), "421 Misdirected"));
  CHECK(has(answer("nonsense\r\n\r\n"), "400 Bad Request"));
  CHECK(has(answer("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n"), "400 Bad Request"));
  CHECK(has(answer(post("/query", "x", "Origin: http://evil.example\r\n")), "403 Forbidden"));
  CHECK(has(answer(post("/query", "x", "Content-Encoding: gzip\r\n")), "415 Unsupported"));
  const std::string thrown = answer(get("/throws"));
  CHECK(has(thrown, "500 Internal Server Error"));
  CHECK_FALSE(has(thrown, "secret detail"));
  CHECK(has(thrown, "\"request_id\":\""));
  for (const char* short_of : {"/memory", "/threads"}) {
    const std::string refused = answer(get(short_of));
    CHECK(has(refused, "503 Service Unavailable"));
    CHECK(has(refused, "problem:unavailable"));
  }
}

TEST_CASE("bodies and headers are bounded") {
  ServerOptions options = any_port();
  options.max_header_bytes = 1024;
  TestServer server(options);
  add_common_routes(server.router);
  server.start();
  SECTION("a declared length above the limit is refused before the body is read") {
    Client client(server.port());
    client.send("POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n");
    CHECK(has(client.read_response(), "413 Content Too Large"));
    CHECK(client.closes());
  }
  SECTION("a chunked body is cut at the limit") {
    Client client(server.port());
    client.send("POST /query HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("30\r\n" + std::string(48, 'a') + "\r\n30\r\n" + std::string(48, 'b') + "\r\n0\r\n\r\n");
    CHECK(has(client.read_response(), "413 Content Too Large"));
    CHECK(client.closes());
  }
  SECTION("a chunked body within the limit is one body") {
    Client client(server.port());
    client.send(
        "POST /query HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    CHECK(body_of(client.read_response()) == "POST /query abcde");
  }
  SECTION("a route without a body takes none") {
    Client client(server.port());
    client.send("GET /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
    CHECK(has(client.read_response(), "413 Content Too Large"));
  }
  SECTION("a long header is refused") {
    Client client(server.port());
    client.send(get("/inline", "X-Long: " + std::string(2000, 'x') + "\r\n"));
    CHECK(has(client.read_response(), "431 "));
    CHECK(client.closes());
  }
  SECTION("a client that asks first is told to go on, or not to") {
    Client client(server.port());
    client.send("POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    CHECK(body_of(client.read_response()) == "POST /query abc");
    client.send("POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300\r\nExpect: 100-continue\r\n\r\n");
    CHECK(has(client.read_response(), "413 "));
  }
}

TEST_CASE("slow clients are closed: no request, half a header, half a body") {
  ServerOptions options = any_port();
  options.idle_timeout = 60ms;
  options.header_timeout = 60ms;
  options.body_timeout = 60ms;
  TestServer server(options);
  add_common_routes(server.router);
  server.start();
  Client silent(server.port());
  CHECK(silent.closes());
  Client half_header(server.port());
  half_header.send("GET /inline HTT");
  CHECK(half_header.closes());
  Client half_body(server.port());
  half_body.send("POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(half_body.closes());
}

TEST_CASE("requests in flight are bounded; the next one is told to retry") {
  ServerOptions options = any_port();
  options.max_in_flight = 2;
  options.query_threads = 2;
  Latch latch;  // outlives the query threads that wait for it
  TestServer server(options);
  server.router.get("/wait", Access::read, QueryHandler{[&](const ApiRequest&) {
                      latch.wait();
                      return ApiResponse{};
                    }});
  server.router.get("/inline", Access::read, says("inline"));
  server.start();
  Client first(server.port());
  Client second(server.port());
  first.send(get("/wait"));
  second.send(get("/wait"));
  latch.await_waiting(2);
  Client third(server.port());
  third.send(get("/wait"));
  const std::string busy = third.read_response();
  CHECK(has(busy, "503 Service Unavailable"));
  CHECK(has(busy, "Retry-After: 1"));
  CHECK(has(busy, "problem:busy"));
  third.send(get("/inline"));  // requests without a query thread continue
  CHECK(body_of(third.read_response()) == "inline");
  latch.open();
  CHECK(has(first.read_response(), "200 OK"));
  CHECK(has(second.read_response(), "200 OK"));
  third.send(get("/wait"));
  CHECK(has(third.read_response(), "200 OK"));
}

TEST_CASE("a query past its deadline is still answered, and its place is free when it ends") {
  ServerOptions options = any_port();
  options.request_deadline = 50ms;
  options.max_in_flight = 1;
  Latch latch;  // outlives the query threads that wait for it
  TestServer server(options);
  server.router.get("/wait", Access::read, QueryHandler{[&](const ApiRequest&) {
                      latch.wait();
                      return ApiResponse{};
                    }});
  server.start();
  Client client(server.port());
  client.send(get("/wait"));
  CHECK(has(client.read_response(), "problem:deadline"));
  client.send(get("/wait"));
  CHECK(has(client.read_response(), "problem:busy"));  // the thread still has it
  latch.open();
}

TEST_CASE("deferred answers come from another thread; only the first one counts") {
  std::vector<std::thread> threads;
  std::atomic<int> noted = 0;  // an answer may arrive before the io thread has stored the thread that gave it
  TestServer server;
  server.router.get("/later", Access::read, DeferredHandler{[&](const ApiRequest&, Reply reply) {
                      threads.emplace_back([reply] {
                        ApiResponse response;
                        response.body = "later";
                        reply(response);
                        reply(ApiResponse{});
                      });
                      ++noted;
                      return std::shared_ptr<DeferredAnswer>();
                    }});
  server.start();
  Client client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(get("/later"));
    CHECK(body_of(client.read_response()) == "later");
  }
  while (noted < 2) std::this_thread::yield();
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("at the deadline a deferred request is answered as far as it is known; later results do no harm") {
  // The handler has to have run by then, on however busy a machine: hence a second rather than milliseconds.
  ServerOptions options = any_port();
  options.request_deadline = 1s;
  struct Partial final : DeferredAnswer {
    ApiResponse at_deadline() override {
      ApiResponse response;
      response.body = "partial";
      return response;
    }
  };
  std::vector<Reply> kept;
  TestServer server(options);
  server.router.get("/never", Access::read, DeferredHandler{[&](const ApiRequest&, Reply reply) {
                      kept.push_back(std::move(reply));
                      return std::make_shared<Partial>();
                    }});
  server.router.get("/inline", Access::read, says("inline"));
  server.start();
  Client client(server.port());
  client.send(get("/never"));
  CHECK(body_of(client.read_response()) == "partial");
  kept.at(0)(ApiResponse{});
  client.send(get("/inline"));
  CHECK(body_of(client.read_response()) == "inline");
}

TEST_CASE("work not begun by the deadline is refused, and never done afterwards") {
  ServerOptions options = any_port();
  options.request_deadline = 100ms;
  struct Unknown final : DeferredAnswer {
    ApiResponse at_deadline() override { return {}; }
  };
  Latch latch;
  std::promise<bool> held;
  TestServer server(options);
  server.router.get("/slow", Access::read, DeferredHandler{[&](const ApiRequest&, const Reply& reply) {
                      latch.wait();
                      held.set_value(reply.hold(std::make_shared<Unknown>()));
                      return std::shared_ptr<DeferredAnswer>();
                    }});
  server.start();
  Client client(server.port());
  client.send(get("/slow"));
  const std::string answer = client.read_response();
  CHECK(has(answer, "503"));
  CHECK(has(answer, "nothing was accepted"));
  latch.open();
  CHECK_FALSE(held.get_future().get());
}

TEST_CASE("a body over the limit is refused with the limit, before it is read if its length is given") {
  TestServer server;
  server.router.add(Route{"POST", "/in", Access::read, says("in"), 8});
  server.start();
  Client said(server.port()), chunked(server.port());
  said.send("POST /in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n");  // and never the body
  chunked.send("POST /in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n");
  for (Client* client : {&said, &chunked}) {
    const std::string answer = client->read_response();
    CHECK(has(answer, "413"));
    CHECK(has(answer, R"("limit":{"name":"body_bytes","value":8})"));
  }
}

TEST_CASE("an answer in parts is sent in chunks; one that fails ends without its last chunk") {
  TestServer server;
  const auto parts = [](int count, bool fails) {
    return QueryHandler{[=](const ApiRequest&) {
      ApiResponse response;
      response.body = "first;";
      response.more = [left = count, fails](auto) mutable -> std::optional<std::string> {
        if (left-- > 0) return "next;";
        if (fails) throw std::runtime_error("the disk is gone");
        return std::nullopt;
      };
      return response;
    }};
  };
  server.router.get("/whole", Access::read, parts(2, false));
  server.router.get("/cut", Access::read, parts(1, true));
  server.start();
  Client client(server.port());
  client.send(get("/whole"));
  CHECK(has(client.read_until("\r\n\r\n"), "Transfer-Encoding: chunked"));
  CHECK(client.read_until("0\r\n\r\n") == "6\r\nfirst;\r\n5\r\nnext;\r\n5\r\nnext;\r\n0\r\n\r\n");
  client.send(get("/whole"));  // the same connection
  client.read_until("0\r\n\r\n");
  client.send(get("/cut"));
  client.read_until("\r\n\r\n");
  CHECK(client.read_until("next;\r\n") == "6\r\nfirst;\r\n5\r\nnext;\r\n");
  CHECK_THROWS(client.read_until("0\r\n\r\n"));
  Client old(server.port());
  old.send("GET /whole HTTP/1.0\r\nHost: localhost\r\n\r\n");
  CHECK_FALSE(has(old.read_until("\r\n\r\n"), "Transfer-Encoding"));
  CHECK(old.read_until("first;next;next;") == "first;next;next;");
  CHECK(old.closes());
}

TEST_CASE("with tokens: 401 without, 403 with too little, any Host") {
  auto parsed = config::parse_tokens("desk read " + config::token_hash("secret-1") + "\n", "tokens");
  REQUIRE(parsed.errors.empty());
  TestServer server(any_port(), nullptr, std::move(parsed.tokens));
  add_common_routes(server.router);
  server.router.get("/open", Access::open, says("open"));
  server.start();
  Client client(server.port());
  client.send(get("/inline"));
  const std::string refused = client.read_response();
  CHECK(has(refused, "401 Unauthorized"));
  CHECK(has(refused, "WWW-Authenticate: Bearer"));
  client.send(get("/inline", "Authorization: Bearer secret-1\r\n"));
  CHECK(has(client.read_response(), "200 OK"));
  client.send(get("/open"));
  CHECK(has(client.read_response(), "200 OK"));
  client.send("GET /inline HTTP/1.1\r\nHost: desk.example\r\nAuthorization: Bearer secret-1\r\n\r\n");
  CHECK(has(client.read_response(), "200 OK"));
  client.send(post("/query", "x", "Authorization: Bearer secret-1\r\n"));
  CHECK(has(client.read_response(), "403 Forbidden"));
}

TEST_CASE("an address that cannot be used is reported with the remedy") {
  const auto refusal = [](const std::string& address) -> std::string {
    ServerOptions options;
    options.listen = {address};
    try {
      TestServer server(options);
      server.start();
    } catch (const ListenError& error) {
      return error.what();
    }
    return "";
  };
  TestServer server;
  server.start();
  CHECK(has(refusal("127.0.0.1:" + std::to_string(server.port())), "another program uses this port"));
  CHECK(has(refusal("127.0.0.1"), "ADDRESS:PORT"));
  CHECK(has(refusal("127.0.0.1:70000"), "port"));
  CHECK(has(refusal("example.com:80"), "IP address"));
  CHECK(has(refusal("192.0.2.1:0"), "does not have that address"));
}

TEST_CASE("a client has left when it has closed, whatever it sent before") {
  Ends ends;
  CHECK_FALSE(ends.left());
  boost::asio::write(ends.theirs, boost::asio::buffer("not read yet", 12));
  CHECK_FALSE(ends.left());
  ends.theirs.close();
  CHECK(ends.left());
}

TEST_CASE("a query whose client closes the connection is over long before its deadline") {
  std::promise<bool> early;
  TestServer server;
  server.router.get("/long", Access::read, QueryHandler{[&](const ApiRequest& request) {
                      while (!request.is_over()) std::this_thread::yield();
                      early.set_value(*request.left && std::chrono::steady_clock::now() < request.deadline);
                      return ApiResponse{};
                    }});
  server.start();
  {
    Client client(server.port());
    client.send(get("/long") + get("/long"));  // the second one waits behind the first
  }
  auto over = early.get_future();
  REQUIRE(over.wait_for(20s) == std::future_status::ready);
  CHECK(over.get());
}

TEST_CASE("the departure of one client ends nobody else's query, and a connection serves several") {
  TestServer server;
  server.router.get("/quick", Access::read, QueryHandler{[](const ApiRequest& request) {
                      ApiResponse response;
                      response.body = request.is_over() ? "over" : "not over";
                      return response;
                    }});
  server.start();
  { Client gone(server.port()); }
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/quick"));
    CHECK(body_of(client.read_response()) == "not over");
  }
}
