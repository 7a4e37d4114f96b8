// Where a request ends: bytes that a proxy in front could take for one request and this server for two are refused, and
// the connection closes, so that the rest is never read as a request.
#include "daemon/server/framing.hpp"

#include <atomic>

#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// A server with one route that counts how often it is reached, for GET and POST.
struct CountingServer {
  CountingServer() {
    const auto counted = [this] {
      return InlineHandler{[this](const ApiRequest& request) {
        ++reached;
        ApiResponse response;
        response.body = request.body;
        return response;
      }};
    };
    server.router.get("/smuggled", Access::read, counted());
    server.router.add(Route{"POST", "/push", Access::ingest, counted(), 1000});
    server.start();
  }
  std::atomic<int> reached{0};
  TestServer server;
};

const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string push(const std::string& headers, const std::string& body = kSmuggled, const std::string& version = "1.1") {
  return "POST /push HTTP/" + version + "\r\nHost: localhost\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx", body.size());
  return size + ("\r\n" + body) + "\r\n0\r\n\r\n";
}

}  // namespace

TEST_CASE("a body whose end is in doubt: one answer, the connection closes, what follows is not read as a request") {
  const auto [status, request] = GENERATE_COPY(table<std::string, std::string>({
      {"400", push("Transfer-Encoding: xchunked\r\n")},
      {"400", push("Transfer-Encoding: identity\r\n")},
      {"400", push("Transfer-Encoding: chunked, identity\r\n", chunked("x") + kSmuggled)},
      {"400", push("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunked("x") + kSmuggled)},
      {"400", push("Transfer-Encoding: identity\r\nTransfer-Encoding: gzip\r\n")},
      {"400", push("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunked("x") + kSmuggled)},
      {"400", push("Transfer-Encoding: chunked, chunked\r\n", chunked("x") + kSmuggled)},
      {"400", push("Transfer-Encoding: \"chunked\"\r\n")},
      {"400", push("Transfer-Encoding: chunked;q=1\r\n")},
      {"400", push("Transfer-Encoding:\r\n")},
      {"400", push("Transfer-Encoding: ,chunked,\r\n", chunked("x") + kSmuggled)},
      {"400", push("Transfer-Encoding: \x0b"
                   "chunked\r\n")},
      {"400", push("Transfer-Encoding : chunked\r\n", chunked("x") + kSmuggled)},
      {"400", push("Transfer-Encoding:\r\n chunked\r\n", chunked("x") + kSmuggled)},
      {"400", push("X-Folded: a\r\n\tb\r\nContent-Length: 0\r\n")},
      {"400", push("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", chunked("x") + kSmuggled)},
      {"400", push("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", chunked("x") + kSmuggled)},
      {"400", push("Content-Length: 0\r\nTransfer-Encoding: identity\r\n")},
      {"400", push("Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n")},
      {"400", push("Transfer-Encoding: chunked\r\n", chunked("x") + kSmuggled, "1.0")},
      {"400", push("Transfer-Encoding: identity\r\nContent-Length: 0\r\n", kSmuggled, "1.0")},
      {"400", push("Content-Length: 0\r\nContent-Length: 43\r\n")},
      {"400", push("Content-Length: 0\r\nContent-Length: 0\r\n")},
      {"400", push("Content-Length: 0, 0\r\n")},
      {"400", push("Content-Length: +0\r\n")},
      {"400", push("Content-Length: 0x0\r\n")},
      {"400", push("Content-Length:\r\n")},
      {"400", push("Content-Length : 0\r\n")},
      {"400", push("Content-Length: 0\rX: y\r\n")},
      {"400", push("X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
      {"400", push("X: a\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
      {"400", push("Content-Length: 0\n\n")},
      {"501", push("Transfer-Encoding: gzip, chunked\r\n", chunked("x") + kSmuggled)},
      {"501", push("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked("x") + kSmuggled)},
      {"501", push("Transfer-Encoding: identity, Chunked\r\n", chunked("x") + kSmuggled)},
  }));
  CAPTURE(request);
  CountingServer counting;
  Client client(counting.server.port());
  client.send(request);
  const std::string answer = client.read_all();
  CHECK(count(answer, "HTTP/1.1 ") == 1);
  CHECK(answer.starts_with("HTTP/1.1 " + status));
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(counting.reached == 0);
}

TEST_CASE("a body whose chunks are broken: one answer, and the connection closes") {
  const std::string body = GENERATE(as<std::string>(), "zz\r\nabc\r\n0\r\n\r\n", "-1\r\n\r\n", "3\nabc\n0\n\n",
                                    "3\r\nabcd\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "0x3\r\nabc\r\n0\r\n\r\n");
  CAPTURE(body);
  CountingServer counting;
  Client client(counting.server.port());
  client.send(push("Transfer-Encoding: chunked\r\n", body + kSmuggled));
  const std::string answer = client.read_all();
  CHECK(count(answer, "HTTP/1.1 ") == 1);
  CHECK(answer.starts_with("HTTP/1.1 4"));
  CHECK(counting.reached == 0);
}

TEST_CASE("a body whose end is clear is read, and the next request is the next one") {
  const std::string first =
      GENERATE_COPY(as<std::string>(), push("Transfer-Encoding: chunked\r\n", chunked("abc")),
                    push("transfer-encoding: \t Chunked \r\n", chunked("abc")), push("Content-Length: 3\r\n", "abc"),
                    push("Content-Length: 3\r\n", "abc\r\n\r\n"));  // empty lines before a request line are skipped
  CAPTURE(first);
  CountingServer counting;
  Client client(counting.server.port());
  client.send(first + kSmuggled);
  CHECK(body_of(client.read_response()) == "abc");
  CHECK(has(client.read_response(), "200 OK"));
  CHECK(counting.reached == 2);
}

TEST_CASE("the head ends at its empty line, however its bytes come") {
  const std::string head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  CHECK(head_end(head + "GET") == head.size());
  for (std::size_t known = 0; known < head.size(); ++known) {
    CHECK(head_end(head.substr(0, known)) == std::string_view::npos);
    CHECK(head_end(head, known) == head.size());
  }
  CountingServer counting;
  Client client(counting.server.port());
  for (const char c : "\r\n" + kSmuggled) client.send(std::string(1, c));
  CHECK(has(client.read_response(), "200 OK"));
}
