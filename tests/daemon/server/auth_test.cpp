#include "daemon/server/auth.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

config::TokenTable table(const std::string& lines) {
  auto parsed = config::parse_tokens(lines, "tokens");
  REQUIRE(parsed.errors.empty());
  return parsed.tokens;
}

std::string line(const std::string& name, const std::string& role, const std::string& token) {
  return name + " " + role + " " + config::token_hash(token) + "\n";
}

ApiRequest bearing(const std::string& header, WallTime now = WallTime{}) {
  ApiRequest request;
  if (!header.empty()) request.headers.emplace_back("authorization", header);
  request.now = now;
  return request;
}

ApiRequest with_cookie(const std::string& set_cookie, WallTime now = WallTime{}) {
  ApiRequest request;
  request.headers.emplace_back("cookie", "other=1; " + set_cookie.substr(0, set_cookie.find(';')) + "; last=2");
  request.now = now;
  return request;
}

}  // namespace

TEST_CASE("without tokens every caller may do everything") {
  const Authenticator auth;
  CHECK_FALSE(auth.required());
  CHECK(auth.identify(bearing(""))->role == Access::admin);
}

TEST_CASE("a bearer token is its role") {
  const Authenticator auth(table(line("desk", "read", "secret-1") + line("feeder", "ingest", "secret-2")));
  CHECK(auth.identify(bearing("Bearer secret-1"))->name == "desk");
  CHECK(auth.identify(bearing("bearer  secret-2 "))->role == Access::ingest);
  CHECK_FALSE(auth.identify(bearing("Bearer wrong")));
  CHECK_FALSE(auth.identify(bearing("Bearer ")));
  CHECK_FALSE(auth.identify(bearing("Basic secret-1")));
  CHECK_FALSE(auth.identify(bearing("")));
}

TEST_CASE("roles: ingest only pushes, operate reads too, admin does everything") {
  CHECK(Authenticator::allows(Access::read, Access::read));
  CHECK_FALSE(Authenticator::allows(Access::read, Access::ingest));
  CHECK_FALSE(Authenticator::allows(Access::ingest, Access::read));
  CHECK(Authenticator::allows(Access::operate, Access::read));
  CHECK_FALSE(Authenticator::allows(Access::operate, Access::ingest));
  for (const Access needed : {Access::open, Access::read, Access::ingest, Access::operate, Access::admin}) {
    CHECK(Authenticator::allows(Access::admin, needed));
  }
}

TEST_CASE("a token is exchanged for a cookie that ends by expiry, by sign-out or with its token") {
  SessionOptions options;
  options.lifetime = 60s;
  Authenticator auth(table(line("desk", "read", "secret-1")), options);
  const WallTime now(1'700'000'000'000ms);
  CHECK_FALSE(auth.open_session("wrong", now, false));
  const auto session = auth.open_session("secret-1", now, true);
  REQUIRE(session);
  for (const char* part : {"HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=60"}) {
    CHECK(session->set_cookie.find(part) != std::string::npos);
  }
  CHECK(session->set_cookie.find("secret-1") == std::string::npos);
  const auto caller = auth.identify(with_cookie(session->set_cookie, now));
  REQUIRE(caller);
  CHECK(caller->by_cookie);
  CHECK(caller->role == Access::read);
  CHECK_FALSE(auth.identify(with_cookie(session->set_cookie, now + 60s)));
  CHECK_FALSE(auth.identify(with_cookie("tapewatch_session=0000", now)));

  SECTION("sign-out") {
    CHECK(auth.close_session(with_cookie(session->set_cookie, now)).find("Max-Age=0") != std::string::npos);
    CHECK_FALSE(auth.identify(with_cookie(session->set_cookie, now)));
  }
  SECTION("the token is taken away") {
    auth.replace(table(line("other", "read", "secret-9")));
    CHECK_FALSE(auth.identify(with_cookie(session->set_cookie, now)));
  }
}

TEST_CASE("cookies are bounded: the oldest makes room") {
  SessionOptions options;
  options.max_sessions = 2;
  Authenticator auth(table(line("desk", "read", "secret-1")), options);
  const WallTime now(1'700'000'000'000ms);
  const auto first = auth.open_session("secret-1", now, false);
  const auto second = auth.open_session("secret-1", now + 1s, false);
  const auto third = auth.open_session("secret-1", now + 2s, false);
  CHECK_FALSE(auth.identify(with_cookie(first->set_cookie, now + 2s)));
  CHECK(auth.identify(with_cookie(second->set_cookie, now + 2s)));
  CHECK(auth.identify(with_cookie(third->set_cookie, now + 2s)));
}
