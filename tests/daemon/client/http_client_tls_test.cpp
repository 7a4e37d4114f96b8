#include <openssl/ssl.h>

#include <optional>

#include "daemon/client/client.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/script_server.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using script_test::answer_200;
using script_test::Authority;
using script_test::ScriptServer;

namespace asio = boost::asio;

namespace {

constexpr long kDay = 24 * 3600;

/// One GET with that authority as the only one trusted: the body, or "kind: message".
std::string outcome(asio::io_context& io, const std::string& ca_file, const std::string& url, unsigned follow = 0) {
  ClientOptions options;
  options.ca_file = ca_file;
  HttpClient client(io.get_executor(), options);
  ClientRequest request("GET", url);
  request.deadline = 5s;
  request.follow_redirects = follow;
  std::optional<std::string> text;
  asio::co_spawn(io, client.send(std::move(request)), [&](const std::exception_ptr&, ClientResult result) {
    text = result ? result->body : std::string(to_string(result.error().kind)) + ": " + result.error().message;
  });
  io.restart();
  while (!text) REQUIRE(io.run_one_for(20s) > 0);
  return *text;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("http client: TLS with a certificate for the name or the address") {
  asio::io_context io;
  const Authority authority;
  const auto context = authority.server("DNS:localhost,IP:127.0.0.1", -kDay, kDay);
  ScriptServer server(io, answer_200("secret news"), context.get());
  CHECK(outcome(io, authority.file(), server.url("/", "localhost")) == "secret news");
  CHECK(outcome(io, authority.file(), server.url("/", "127.0.0.1")) == "secret news");
}

TEST_CASE("http client: refused certificates are named with what is wrong") {
  asio::io_context io;
  const Authority authority, stranger;
  const auto expired = authority.server("DNS:localhost", -2 * kDay, -kDay);
  const auto future = authority.server("DNS:localhost", kDay, 2 * kDay);
  const auto other = authority.server("DNS:feeds.example.com", -kDay, kDay);
  const auto good = authority.server("DNS:localhost", -kDay, kDay);
  ScriptServer expired_server(io, answer_200("x"), expired.get());
  ScriptServer future_server(io, answer_200("x"), future.get());
  ScriptServer other_server(io, answer_200("x"), other.get());
  ScriptServer good_server(io, answer_200("x"), good.get());
  const std::string ca = authority.file();

  const std::string late = outcome(io, ca, expired_server.url("/", "localhost"));
  INFO(late);
  CHECK(contains(late, "tls: localhost: TLS: the certificate of test server expired on 20"));
  CHECK(contains(outcome(io, ca, future_server.url("/", "localhost")), "is not valid before 20"));
  const std::string wrong = outcome(io, ca, other_server.url("/", "localhost"));
  INFO(wrong);
  CHECK(contains(wrong, "the certificate is for feeds.example.com, not for this host"));
  CHECK(contains(outcome(io, ca, good_server.url("/", "127.0.0.1")), "not for this host"));
  const std::string unknown = outcome(io, stranger.file(), good_server.url("/", "localhost"));
  INFO(unknown);
  CHECK(contains(unknown, "tls: "));
  CHECK(contains(unknown, "not signed by an authority in ca_file"));
  CHECK(contains(outcome(io, "", good_server.url("/", "localhost")), "a private authority needs ca_file"));
}

TEST_CASE("http client: protocols older than TLS 1.2 are refused") {
  asio::io_context io;
  const Authority authority;
  const auto old = authority.server("DNS:localhost", -kDay, kDay);
  SSL_CTX_set_min_proto_version(old->native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old->native_handle(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(old->native_handle(), "ALL:@SECLEVEL=0");
  ScriptServer server(io, answer_200("x"), old.get());
  CHECK(contains(outcome(io, authority.file(), server.url("/", "localhost")), "tls: "));
}

TEST_CASE("http client: redirects go from http to https and never back") {
  asio::io_context io;
  const Authority authority;
  const auto context = authority.server("DNS:localhost", -kDay, kDay);
  ScriptServer plain(io, answer_200("clear text"));
  ScriptServer downgrading(io, script_test::redirect(301, plain.url("/")), context.get());
  ScriptServer secure(io, answer_200("safe"), context.get());
  ScriptServer upgrading(io, script_test::redirect(301, secure.url("/", "localhost")));
  CHECK(outcome(io, authority.file(), upgrading.url(), 3) == "safe");
  CHECK(contains(outcome(io, authority.file(), downgrading.url("/", "localhost"), 3), "from https to http refused"));
  CHECK(plain.requests().empty());
}

TEST_CASE("http client: an unusable ca_file is named at construction") {
  asio::io_context io;
  ClientOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  CHECK_THROWS_WITH(HttpClient(io.get_executor(), options), Catch::Contains("/nonexistent/ca.pem"));
}
