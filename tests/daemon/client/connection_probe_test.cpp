#include "daemon/client/connection_probe.hpp"

#include <thread>

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

constexpr long kDaySeconds = 24 * 3600;

/// The probe blocks, so the server runs on a thread of its own meanwhile.
ProbeAnswer probe(asio::io_context& io, const ProbeRequest& request) {
  io.restart();
  auto work = asio::make_work_guard(io);
  std::thread server([&] { io.run(); });
  ProbeAnswer answer = probe_connection(request);
  work.reset();
  io.stop();
  server.join();
  return answer;
}

ProbeRequest request_for(const std::string& url, const std::string& ca_file = "") {
  ProbeRequest request;
  request.url = url;
  request.ca_file = ca_file;
  request.timeout = 20s;
  return request;
}

}  // namespace

TEST_CASE("connection probe: connects, tells when the certificate expires, and asks for nothing") {
  asio::io_context io;
  const Authority authority;
  const auto context = authority.server("DNS:localhost", -kDaySeconds, 10 * kDaySeconds);
  ScriptServer server(io, answer_200("x"), context.get());
  const auto answer = probe(io, request_for(server.url("/hook", "localhost"), authority.file()));
  CHECK_FALSE(answer.error);
  REQUIRE(answer.certificate_expires);
  const auto valid_for = *answer.certificate_expires - std::chrono::system_clock::now();
  CHECK(valid_for > 9 * 24h);
  CHECK(valid_for <= 10 * 24h);
  for (const auto& request : server.requests()) CHECK(request.empty());
}

TEST_CASE("connection probe: a certificate that is refused is named, with its date") {
  asio::io_context io;
  const Authority authority, stranger;
  const auto context = authority.server("DNS:localhost", -2 * kDaySeconds, -kDaySeconds);
  const auto good = authority.server("DNS:localhost", -kDaySeconds, kDaySeconds);
  ScriptServer expired(io, answer_200("x"), context.get());
  ScriptServer unknown(io, answer_200("x"), good.get());
  const auto late = probe(io, request_for(expired.url("/", "localhost"), authority.file()));
  REQUIRE(late.error);
  CHECK(late.error->kind == ClientErrorKind::tls);
  CHECK(late.error->message.find("expired on 20") != std::string::npos);
  CHECK(late.certificate_expires < std::chrono::system_clock::now());
  const auto other = probe(io, request_for(unknown.url("/", "localhost"), stranger.file()));
  REQUIRE(other.error);
  CHECK(other.error->message.find("not signed by an authority in ca_file") != std::string::npos);
  CHECK(other.certificate_expires > std::chrono::system_clock::now());
}

TEST_CASE("connection probe: without TLS, with nobody there, out of reach, not an address") {
  asio::io_context io;
  ScriptServer server(io, answer_200("x"));
  const auto plain = probe(io, request_for(server.url("/")));
  CHECK_FALSE(plain.error);
  CHECK_FALSE(plain.certificate_expires);
  CHECK(probe_connection(request_for("http://127.0.0.1:1/")).error->kind == ClientErrorKind::connect);
  CHECK(probe_connection(request_for("gopher://127.0.0.1/")).error->kind == ClientErrorKind::url);
  auto inside = request_for(server.url("/"));
  inside.reach = NetworkReach::internet;
  CHECK(probe(io, inside).error->message.find("may be connected to (reach)") != std::string::npos);
}
