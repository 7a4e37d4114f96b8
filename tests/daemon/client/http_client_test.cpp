#include "daemon/client/client.hpp"

#include <boost/asio/steady_timer.hpp>

#include "tests/daemon/client/client_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/script_server.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using client_test::contains;
using client_test::error_of;
using client_test::fetch;
using client_test::quick;
using client_test::request_to;
using script_test::answer_200;
using script_test::Connection;
using script_test::redirect;
using script_test::Script;
using script_test::ScriptServer;

namespace asio = boost::asio;

namespace {

asio::awaitable<void> trickle(Connection& connection) {
  co_await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  asio::steady_timer timer(connection.socket().get_executor());
  while (co_await connection.send("1\r\nx\r\n")) {
    timer.expires_after(20ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> endless(Connection& connection) {
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  bool open = co_await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  while (open) open = co_await connection.send(chunk);
}

}  // namespace

TEST_CASE("http client: a plain answer, and what was asked") {
  asio::io_context io;
  ScriptServer server(io, answer_200("hello", "ETag: \"1\"\r\nX-Two: a\r\nX-Two: b\r\n"));
  HttpClient client(io.get_executor(), quick());
  ClientRequest request = request_to(server.url("/feed.xml?a=1#fragment"));
  request.headers.emplace_back("If-None-Match", "\"0\"");
  request.headers.emplace_back("X-Evil", "a\r\nX-Injected: 1");
  const auto result = fetch(io, client, request);
  REQUIRE(result.has_value());
  CHECK(result->status == 200);
  CHECK(result->body == "hello");
  CHECK(find_header(result->headers, "etag") == "\"1\"");
  CHECK(result->final_url == server.url("/feed.xml?a=1"));
  CHECK(result->permanent_redirect.empty());
  const std::string& asked = server.requests().at(0);
  CHECK(asked.rfind("GET /feed.xml?a=1 HTTP/1.1\r\n", 0) == 0);
  CHECK(asked.find("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n") != std::string::npos);
  CHECK(asked.find("User-Agent: tapewatch/") != std::string::npos);
  CHECK(asked.find("If-None-Match: \"0\"") != std::string::npos);
  CHECK(asked.find("Accept-Encoding: gzip, deflate, br, zstd\r\n") != std::string::npos);
  CHECK(asked.find("X-Injected") == std::string::npos);
}

TEST_CASE("http client: a POST carries its body and is never redirected") {
  asio::io_context io;
  ScriptServer server(io, redirect(307, "/elsewhere"));
  HttpClient client(io.get_executor(), quick());
  ClientRequest request("POST", server.url("/hook"));
  request.body = "{\"a\":1}";
  request.follow_redirects = 3;
  const auto result = fetch(io, client, request);
  REQUIRE(result.has_value());
  CHECK(result->status == 307);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].find("Content-Length: 7\r\n") != std::string::npos);
}

TEST_CASE("http client: credentials in the URL become basic authorisation and are in no message") {
  asio::io_context io;
  ScriptServer server(io, answer_200(""));
  HttpClient client(io.get_executor(), quick());
  const std::string url = "http://user:p%40ss@127.0.0.1:" + std::to_string(server.port()) + "/";
  const auto result = fetch(io, client, request_to(url));
  REQUIRE(result.has_value());
  CHECK(result->final_url == server.url("/"));
  CHECK(server.requests().at(0).find("Authorization: Basic dXNlcjpwQHNz\r\n") != std::string::npos);
  server.close();
  const auto refused = fetch(io, client, request_to(url));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ClientErrorKind::connect);
  CHECK(refused.error().message.find("p%40ss") == std::string::npos);
}

TEST_CASE("http client: interim answers are skipped, empty and unbounded bodies are read") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer interim(io, "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + answer_200("late"));
  CHECK(fetch(io, client, request_to(interim.url()))->body == "late");
  ScriptServer not_modified(io, std::string("HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"));
  CHECK(fetch(io, client, request_to(not_modified.url()))->status == 304);
  ScriptServer until_close(io, script_test::Script([](Connection& c, const std::string&) -> asio::awaitable<void> {
                             co_await c.send("HTTP/1.0 200 OK\r\n\r\nto the end");
                             c.socket().close();
                           }));
  CHECK(fetch(io, client, request_to(until_close.url()))->body == "to the end");
  ScriptServer chunked(
      io, std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  CHECK(fetch(io, client, request_to(chunked.url()))->body == "abcde");
}

TEST_CASE("http client: broken answers are errors that say what broke") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  const auto closing = [](std::string text) {
    return script_test::Script([text](Connection& c, const std::string&) -> asio::awaitable<void> {
      co_await c.send(text);
      c.socket().close();
    });
  };
  ScriptServer cut(io, closing("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  const auto half = fetch(io, client, request_to(cut.url()));
  REQUIRE_FALSE(half.has_value());
  CHECK(half.error().kind == ClientErrorKind::protocol);
  CHECK(half.error().message.find("cut off after 4 bytes") != std::string::npos);
  ScriptServer garbage(io, closing("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  CHECK(fetch(io, client, request_to(garbage.url())).error().kind == ClientErrorKind::protocol);
  ScriptServer silent(io, closing(""));
  CHECK(fetch(io, client, request_to(silent.url())).error().kind == ClientErrorKind::connect);
  ScriptServer header(io, closing("HTTP/1.1 200 OK\r\nX-Long: " + std::string(200'000, 'x') + "\r\n\r\n"));
  CHECK(fetch(io, client, request_to(header.url())).error().kind == ClientErrorKind::too_large);
}

TEST_CASE("http client: waits are bounded, whatever the server does") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer trickling(io, script_test::Script([](Connection& c, const std::string&) { return trickle(c); }));
  const auto slow = fetch(io, client, request_to(trickling.url(), 300ms));
  INFO(error_of(slow));
  REQUIRE_FALSE(slow.has_value());
  CHECK(slow.error().kind == ClientErrorKind::timeout);
  CHECK(slow.error().message.find("did not end in time") != std::string::npos);
  ScriptServer mute(io, script_test::Script([](Connection& c, const std::string&) { return c.wait_for_close(); }));
  CHECK(fetch(io, client, request_to(mute.url(), 200ms)).error().kind == ClientErrorKind::timeout);
}

TEST_CASE("http client: sizes are bounded on the wire, announced or not") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer announced(io, std::string("HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\nx"));
  const auto big = fetch(io, client, request_to(announced.url()));
  REQUIRE_FALSE(big.has_value());
  CHECK(big.error().kind == ClientErrorKind::too_large);

  ScriptServer pouring(io, script_test::Script([](Connection& c, const std::string&) { return endless(c); }));
  ClientRequest request = request_to(pouring.url());
  request.max_response_bytes = 1'000'000;
  CHECK(fetch(io, client, request).error().kind == ClientErrorKind::too_large);
  while (pouring.sent() == 0) REQUIRE(io.run_one_for(5s) > 0);
  CHECK(pouring.sent() < 20'000'000);  // the content of the socket buffers, not an endless body
}

TEST_CASE("http client: where only the status counts, a large body is cut") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer pouring(io, script_test::Script([](Connection& c, const std::string&) { return endless(c); }));
  ScriptServer announced(
      io, std::string("HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n" + std::string(200'000, 'x')));
  for (const std::string& url : {pouring.url(), announced.url()}) {
    ClientRequest request("POST", url);
    request.max_response_bytes = 100'000;
    request.status_only = true;
    const auto result = fetch(io, client, request);
    INFO(error_of(result));
    REQUIRE(result.has_value());
    CHECK(result->status == 200);
    CHECK(result->body.size() <= 100'000);
  }
}

TEST_CASE("http client: where only the status counts, a body that is cut off or never ends is no error") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  const auto answered = [&](ScriptServer& server) {
    ClientRequest request("POST", server.url());
    request.deadline = 300ms;
    request.status_only = true;
    return fetch(io, client, request);
  };
  ScriptServer cut(io, script_test::Script([](Connection& c, const std::string&) -> asio::awaitable<void> {
                     co_await c.send("HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nhalf");
                     c.socket().close();
                   }));
  CHECK(error_of(answered(cut)) == "status 202");
  ScriptServer slow(io, script_test::Script([](Connection& c, const std::string&) { return trickle(c); }));
  CHECK(error_of(answered(slow)) == "status 200");
  ScriptServer damaged(io, answer_200("\x1f\x8b damaged", "Content-Encoding: gzip\r\n"));
  CHECK(error_of(answered(damaged)) == "status 200");
  ScriptServer busy(io, script_test::Script([](Connection& c, const std::string&) -> asio::awaitable<void> {
                      co_await c.send("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\n");
                      c.socket().close();
                    }));
  const auto refused = answered(busy);
  REQUIRE(refused.has_value());
  CHECK(find_header(refused->headers, "Retry-After") == "7");
  ScriptServer interim(io, script_test::Script([](Connection& c, const std::string&) -> asio::awaitable<void> {
                         co_await c.send("HTTP/1.1 103 Early Hints\r\n\r\n");
                         c.socket().close();
                       }));
  CHECK_FALSE(answered(interim).has_value());  // no final status: nothing was accepted
}

TEST_CASE("http client: a body is decoded within the limit") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  const std::string zeros(5'000'000, '\0');
  const std::string packed = script_test::gzip(zeros);
  ScriptServer server(io, answer_200(packed, "Content-Encoding: gzip\r\n"));
  ClientRequest request = request_to(server.url());
  CHECK(error_of(fetch(io, client, request)) ==
        "too_large: 127.0.0.1: the body decompresses to more than 1048576 bytes");
  request.max_response_bytes = zeros.size();
  const auto whole = fetch(io, client, request);
  REQUIRE(whole.has_value());
  CHECK(whole->body == zeros);
  CHECK(whole->wire_bytes == packed.size());
  ScriptServer cut(io, answer_200(packed.substr(0, packed.size() / 2), "Content-Encoding: gzip\r\n"));
  request.url = cut.url();
  CHECK(error_of(fetch(io, client, request)) == "encoding: 127.0.0.1: gzip data ends too early");
  ScriptServer unknown(io, answer_200("x", "Content-Encoding: compress\r\n"));
  request.url = unknown.url();
  CHECK(error_of(fetch(io, client, request)) == "encoding: 127.0.0.1: unknown Content-Encoding \"compress\"");
}

TEST_CASE("http client: cookies last as long as the request and its redirects, for their own host") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer server(io, script_test::Script([](Connection& c, const std::string& asked) {
                        if (asked.find("Cookie: visit=1") == std::string::npos) {
                          return script_test::say(c,
                                                  "HTTP/1.1 302 Found\r\nSet-Cookie: visit=1; Path=/\r\nLocation: "
                                                  "/feed?again\r\nContent-Length: 0\r\n\r\n");
                        }
                        return script_test::say(c, answer_200("news"));
                      }));
  for (int i = 0; i < 2; ++i) {  // the second request does not send the first one's cookie
    ClientRequest request = request_to(server.url("/feed"));
    request.follow_redirects = 1;
    const auto result = fetch(io, client, request);
    INFO(error_of(result));
    REQUIRE(result.has_value());
    CHECK(result->body == "news");
  }
  CHECK(server.requests().size() == 4);
}

TEST_CASE("http client: requests run side by side, and the client may end after them") {
  asio::io_context io;
  std::size_t answered = 0;
  ScriptServer server(io, answer_200("x"));
  {
    HttpClient client(io.get_executor(), quick());
    for (int i = 0; i < 50; ++i) {
      asio::co_spawn(io, client.send(request_to(server.url())), [&](const std::exception_ptr&, ClientResult result) {
        CHECK(result.has_value());
        ++answered;
      });
    }
    while (answered < 50) REQUIRE(io.run_one_for(20s) > 0);
  }
  CHECK(server.requests().size() == 50);
}

TEST_CASE("http client: a connection is kept where that is wanted, and one that has died is replaced") {
  asio::io_context io;
  int answered = 0;
  bool closes = false;
  ScriptServer server(io, Script([&](Connection& c, const std::string& first) -> asio::awaitable<void> {
                        std::string asked = first;
                        while (!asked.empty()) {
                          ++answered;
                          co_await c.send(answer_200("news"));
                          if (closes) co_return;
                          asked = co_await c.request();
                        }
                      }));
  const auto& connections = server.requests();  // the first request of each
  ClientOptions options = quick();
  options.keep_connections = true;
  HttpClient keeping(io.get_executor(), options);
  for (int i = 0; i < 3; ++i) CHECK(error_of(fetch(io, keeping, request_to(server.url()))) == "status 200");
  CHECK(connections.size() == 1);
  CHECK(answered == 3);
  CHECK_FALSE(contains(connections[0], "Connection: close"));

  closes = true;  // after this answer: the client finds a dead connection at the next request
  for (int i = 0; i < 3; ++i) CHECK(error_of(fetch(io, keeping, request_to(server.url()))) == "status 200");
  CHECK(answered == 6);

  closes = false;
  HttpClient single(io.get_executor(), quick());
  const auto before = connections.size();
  for (int i = 0; i < 3; ++i) CHECK(error_of(fetch(io, single, request_to(server.url()))) == "status 200");
  CHECK(connections.size() == before + 3);
  CHECK(contains(connections.back(), "Connection: close\r\n"));
}

TEST_CASE("http client: redirects") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer server(io, script_test::Script([](Connection& c, const std::string& asked) {
                        const std::string path = asked.substr(4, asked.find(' ', 4) - 4);
                        if (path == "/old") return script_test::say(c, redirect(301, "/newer"));
                        if (path == "/newer") return script_test::say(c, redirect(308, "newest?x=1"));
                        if (path == "/once") return script_test::say(c, redirect(302, "/newest?x=1"));
                        if (path == "/mixed") return script_test::say(c, redirect(301, "/once"));
                        if (path == "/slash") return script_test::say(c, redirect(302, "a%2Fb?c[]=d|e"));
                        if (path == "/query") return script_test::say(c, redirect(302, "?f"));
                        if (path == "/loop") return script_test::say(c, redirect(302, "/loop"));
                        if (path == "/nowhere") {
                          return script_test::say(c, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
                        }
                        if (path == "/file") return script_test::say(c, redirect(302, "file:///etc/passwd"));
                        return script_test::say(c, answer_200("here"));
                      }));
  const auto get = [&](const std::string& path, unsigned follow = 5) {
    ClientRequest request = request_to(server.url(path));
    request.follow_redirects = follow;
    return fetch(io, client, request);
  };
  const auto moved = get("/old");
  REQUIRE(moved.has_value());
  CHECK(moved->body == "here");
  CHECK(moved->final_url == server.url("/newest?x=1"));
  CHECK(moved->permanent_redirect == server.url("/newest?x=1"));
  CHECK(get("/once")->permanent_redirect.empty());
  CHECK(get("/mixed")->permanent_redirect == server.url("/once"));
  CHECK(get("/mixed")->final_url == server.url("/newest?x=1"));
  CHECK(get("/slash")->final_url == server.url("/a%2Fb?c%5B%5D=d%7Ce"));
  CHECK(get("/query")->final_url == server.url("/query?f"));
  CHECK(get("/old", 0)->status == 301);
  CHECK(error_of(get("/loop")) == "redirect: 127.0.0.1: redirect loop");
  CHECK(error_of(get("/old", 1)) == "redirect: 127.0.0.1: too many redirects");
  CHECK(get("/nowhere").error().kind == ClientErrorKind::redirect);
  CHECK(get("/file").error().kind == ClientErrorKind::redirect);
}

TEST_CASE("http client: another origin gets no credentials, the same origin does") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer other(io, answer_200("there"));
  ScriptServer first(io, script_test::Script([&](Connection& c, const std::string& asked) {
                       const bool stay = asked.rfind("GET /stay ", 0) == 0;
                       const bool here = asked.rfind("GET /here ", 0) == 0;
                       if (here) return script_test::say(c, answer_200("here"));
                       return script_test::say(c, redirect(302, stay ? "/here" : other.url("/")));
                     }));
  for (const std::string path : {"/stay", "/go"}) {
    ClientRequest request = request_to(first.url(path));
    request.follow_redirects = 2;
    request.headers.emplace_back("Authorization", "Bearer secret");
    request.headers.emplace_back("X-Api-Key", "secret");
    request.headers.emplace_back("If-None-Match", "\"v\"");
    REQUIRE(fetch(io, client, request).has_value());
  }
  CHECK(first.requests().at(1).find("Bearer secret") != std::string::npos);
  REQUIRE(other.requests().size() == 1);
  CHECK(other.requests()[0].find("secret") == std::string::npos);
  CHECK(other.requests()[0].find("If-None-Match: \"v\"") != std::string::npos);
}

TEST_CASE("http client: invalid URLs, names without an address") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  for (const std::string url :
       {"", "ftp://example.com/", "http://", "http:///x", "nonsense", "http://a:99999/", "http://a:b/"}) {
    const auto result = fetch(io, client, request_to(url));
    INFO(url << " " << error_of(result));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().kind == ClientErrorKind::url);
  }
  const auto unknown = fetch(io, client, request_to("http://no-such-name.invalid/", 3s));
  REQUIRE_FALSE(unknown.has_value());
  // A machine without a name server needs time to find out.
  const bool expected =
      unknown.error().kind == ClientErrorKind::resolve || unknown.error().kind == ClientErrorKind::timeout;
  CHECK(expected);
}

TEST_CASE("http client: stop aborts requests in flight and refuses later ones") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer mute(io, script_test::Script([&](Connection& c, const std::string&) {
                      client.stop();  // the request has arrived: it is in flight for certain
                      return c.wait_for_close();
                    }));
  CHECK(fetch(io, client, request_to(mute.url(), 60s)).error().kind == ClientErrorKind::cancelled);
  CHECK(fetch(io, client, request_to(mute.url(), 60s)).error().kind == ClientErrorKind::cancelled);
}
