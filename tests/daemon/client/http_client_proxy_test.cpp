#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cstdlib>

#include "daemon/client/address_guard.hpp"
#include "daemon/client/proxy_choice.hpp"
#include "tests/daemon/client/client_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/test_certificates.hpp"

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
using script_test::say;
using script_test::Script;
using script_test::ScriptServer;

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

asio::awaitable<void> pump(tcp::socket& from, tcp::socket& to) {
  std::vector<char> bytes(16 * 1024);
  boost::system::error_code error;
  while (!error) {
    const std::size_t read =
        co_await from.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      co_await asio::async_write(to, asio::buffer(bytes, read), asio::redirect_error(asio::use_awaitable, error));
    }
  }
  boost::system::error_code ignored;
  to.close(ignored);
}

/// The proxy's part after CONNECT: a tunnel to that port of this machine.
asio::awaitable<void> tunnel(Connection& connection, std::uint16_t port) {
  tcp::socket target(connection.socket().get_executor());
  boost::system::error_code error;
  co_await target.async_connect({asio::ip::address_v4::loopback(), port},
                                asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  co_await connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
  using namespace asio::experimental::awaitable_operators;
  co_await (pump(connection.socket(), target) && pump(target, connection.socket()));
}

ClientRequest through(const std::string& proxy, const std::string& url) {
  ClientRequest request = request_to(url);
  request.proxy.url = proxy;
  return request;
}

}  // namespace

TEST_CASE("http proxy: plain requests are handed to it, with its credentials and in no message") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer proxy(io, Script([](Connection& c, const std::string& asked) {
                       return say(c, contains(asked, "Proxy-Authorization: Basic dXNlcjpwQHNz\r\n")
                                         ? answer_200("by proxy")
                                         : "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                                           "Content-Length: 0\r\nConnection: close\r\n\r\n");
                     }));
  const std::string url = "http://user:p%40ss@127.0.0.1:" + std::to_string(proxy.port());
  const auto result = fetch(io, client, through(url, "http://feeds.example.com/a?b=1"));
  INFO(error_of(result));
  REQUIRE(result.has_value());
  CHECK(result->body == "by proxy");
  CHECK(proxy.requests().back().rfind("GET http://feeds.example.com/a?b=1 HTTP/1.1\r\n", 0) == 0);
  proxy.close();
  const auto refused = fetch(io, client, through(url, "http://feeds.example.com/"));
  CHECK(error_of(refused) == "proxy: feeds.example.com: the proxy: Connection refused");
}

TEST_CASE("http proxy: TLS goes through a tunnel, checked against the host and not the proxy") {
  asio::io_context io;
  const script_test::Authority authority;
  const auto context = authority.server("DNS:feeds.example.com", -3600, 3600);
  ScriptServer secure(io, answer_200("secret news"), context.get());
  ScriptServer proxy(io, Script([&](Connection& c, const std::string&) { return tunnel(c, secure.port()); }));
  ClientOptions options = quick();
  options.ca_file = authority.file();
  HttpClient client(io.get_executor(), options);
  ClientRequest request = through(proxy.url(""), "https://feeds.example.com/");
  request.headers.emplace_back("Authorization", "Bearer secret");
  const auto result = fetch(io, client, request);
  INFO(error_of(result));
  REQUIRE(result.has_value());
  CHECK(result->body == "secret news");
  CHECK(proxy.requests().at(0).rfind("CONNECT feeds.example.com:443 HTTP/1.1\r\n", 0) == 0);
  CHECK_FALSE(contains(proxy.requests().at(0), "secret"));
  CHECK(contains(secure.requests().at(0), "Authorization: Bearer secret\r\n"));
  CHECK(contains(error_of(fetch(io, client, through(proxy.url(""), "https://other.example.com/"))),
                 "tls: other.example.com: TLS: the certificate is for feeds.example.com, not for this host"));
}

TEST_CASE("http proxy: a refusing proxy is named as the cause") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer proxy(io, std::string("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  CHECK(error_of(fetch(io, client, through(proxy.url(""), "https://feeds.example.com/"))) ==
        "proxy: feeds.example.com: the proxy answered 403 to CONNECT");
  ScriptServer mute(io, Script([](Connection& c, const std::string&) { return c.wait_for_close(); }));
  ClientRequest request = through(mute.url(""), "https://feeds.example.com/");
  request.deadline = 200ms;
  CHECK(fetch(io, client, request).error().kind == ClientErrorKind::timeout);
}

TEST_CASE("http proxy: excepted hosts, and the environment") {
  const ProxyOptions proxy{"http://proxy:3128", {"example.com", ".intern", "10.0.0.0/8", "::1", "fd00::/8"}, false};
  for (const char* direct :
       {"example.com", "example.com.", "www.example.com", "wiki.intern", "10.1.2.3", "::1", "fd12::1"}) {
    INFO(direct);
    CHECK(proxy_for(proxy, direct).empty());
  }
  for (const char* by_proxy : {"notexample.com", "example.com.evil.org", "11.0.0.1", "::2", "fe80::1", "intern.org"}) {
    INFO(by_proxy);
    CHECK(proxy_for(proxy, by_proxy) == "http://proxy:3128");
  }
  CHECK(proxy_for({"http://proxy", {"*"}, false}, "a").empty());
  CHECK(proxy_for({}, "a").empty());
  const ProxyOptions by_scheme{"http://plain:1", {}, false, "http://secure:2"};
  CHECK(proxy_for(by_scheme, "a") == "http://plain:1");
  CHECK(proxy_for(by_scheme, "a", true) == "http://secure:2");
  CHECK(proxy_for({"http://plain:1", {}, false, ""}, "a", true).empty());

  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer server(io, answer_200("direct"));
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  const auto result = fetch(io, client, request_to(server.url()));
  ::unsetenv("http_proxy");
  INFO(error_of(result));
  CHECK(result.has_value());
}

TEST_CASE("http proxy: it hides addresses, so only a trusted one may lead to another host") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer proxy(io, Script([](Connection& c, const std::string& asked) {
                       if (contains(asked, "GET http://feeds.example.com/here ")) return say(c, redirect(302, "/news"));
                       if (contains(asked, "GET http://feeds.example.com/there ")) {
                         return say(c, redirect(302, "http://10.0.0.1/news"));
                       }
                       return say(c, answer_200("news"));
                     }));
  const auto ask = [&](const std::string& path, bool trusted) {
    ClientRequest request = through(proxy.url(""), "http://feeds.example.com" + path);
    request.follow_redirects = 2;
    request.proxy.trusted = trusted;
    return error_of(fetch(io, client, request));
  };
  CHECK(ask("/here", false) == "status 200");
  CHECK(contains(ask("/there", false), "redirect: feeds.example.com: redirect to another host refused"));
  CHECK(ask("/there", true) == "status 200");
}

TEST_CASE("http client: a redirect never leads from outside to a private address, whatever its name") {
  asio::io_context io;
  HttpClient client(io.get_executor(), quick());
  ScriptServer inside(io, answer_200("metadata"));
  // As written: decimal, octal, hexadecimal, short and IPv4-mapped forms all lead to the same address.
  const std::vector<std::string> kInside = {"127.0.0.1",  "localhost", "2130706433", "0177.0.0.1",
                                            "0x7f.0.0.1", "127.1",     "0",          "[::ffff:127.0.0.1]"};
  for (const std::string& host : kInside) {
    // The first host is outside: its request goes through the proxy. The second one's goes directly.
    ScriptServer proxy(io, redirect(302, inside.url("/", host)));
    ClientRequest request = through(proxy.url(""), "http://feeds.example.com/");
    request.follow_redirects = 2;
    request.proxy.trusted = true;
    request.proxy.except = {"127.0.0.0/8", "localhost", "0.0.0.0", "::ffff:127.0.0.1", "2130706433", "0177.0.0.1",
                            "0x7f.0.0.1",  "127.1",     "0"};
    const std::string refused = error_of(fetch(io, client, request));
    INFO(host << ": " << refused);
    CHECK(contains(refused, "redirect: "));
    CHECK(contains(refused, "refused: a public host leads to a private address"));
  }
  CHECK(inside.requests().empty());
}

TEST_CASE("http client: a kept connection to a private address serves no redirect from outside") {
  asio::io_context io;
  ClientOptions options = quick();
  options.keep_connections = true;
  HttpClient client(io.get_executor(), options);
  int answered = 0;
  ScriptServer inside(io, Script([&](Connection& c, const std::string& first) -> asio::awaitable<void> {
                        std::string asked = first;
                        while (!asked.empty()) {
                          ++answered;
                          co_await c.send(answer_200("metadata"));
                          asked = co_await c.request();
                        }
                      }));
  CHECK(error_of(fetch(io, client, request_to(inside.url()))) == "status 200");
  ScriptServer proxy(io, redirect(302, inside.url()));
  ClientRequest request = through(proxy.url(""), "http://feeds.example.com/");
  request.follow_redirects = 2;
  request.proxy.trusted = true;
  request.proxy.except = {"127.0.0.1"};
  CHECK(contains(error_of(fetch(io, client, request)), "a public host leads to a private address"));
  CHECK(answered == 1);
  CHECK(error_of(fetch(io, client, request_to(inside.url()))) == "status 200");  // asked for by name it still is
}

TEST_CASE("http client: which addresses are public") {
  const auto is_public = [](const char* address) { return is_public_address(asio::ip::make_address(address)); };
  for (const char* open :
       {"1.1.1.1", "9.255.255.255", "172.15.0.1", "172.32.0.1", "169.253.0.1", "192.169.0.1", "100.63.0.1",
        "100.128.0.1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"}) {
    INFO(open);
    CHECK(is_public(open));
  }
  for (const char* closed : {"0.0.0.0",
                             "10.1.2.3",
                             "127.0.0.1",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "100.64.0.1",
                             "198.18.0.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fd00::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::a9fe:a9fe",
                             "2002:7f00:1::1",
                             "2001:db8::1",
                             "3fff::1",
                             "::127.0.0.1",
                             "64:ff9b:1::a00:1",
                             "2001::1",
                             "fec0::1"}) {
    INFO(closed);
    CHECK_FALSE(is_public(closed));
  }
}

TEST_CASE("the reach of a request: no metadata service of a cloud, no private network, or anything") {
  const auto within = [](const char* reach, const char* address) {
    return is_within(reach_of(reach), asio::ip::make_address(address));
  };
  CHECK(within("network", "10.1.2.3"));
  CHECK(within("network", "127.0.0.1"));
  CHECK_FALSE(within("network", "169.254.169.254"));
  CHECK_FALSE(within("network", "fe80::1"));
  CHECK_FALSE(within("network", "::ffff:169.254.169.254"));
  CHECK_FALSE(within("public", "10.1.2.3"));
  CHECK(within("public", "93.184.216.34"));
  CHECK(within("any", "169.254.169.254"));
  CHECK_THROWS_AS(reach_of("moon"), std::invalid_argument);
}
