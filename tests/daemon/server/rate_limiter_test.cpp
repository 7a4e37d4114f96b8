#include "daemon/server/rate_limiter.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const RateLimiter::Clock::time_point kNow{1'000h};

/// How many of `times` requests at this instant go on.
int allowed(RateLimiter& rates, RateLimiter::Clock::time_point now, int times, std::string_view caller = "token desk") {
  int count = 0;
  for (int i = 0; i < times; ++i) count += rates.take(caller, now) ? 0 : 1;
  return count;
}

}  // namespace

TEST_CASE("rates: a burst at once, then as many as the seconds allow, and a full burst after a pause") {
  RateLimiter rates({.per_second = 4, .burst = 10});
  CHECK(allowed(rates, kNow, 50) == 10);
  CHECK(allowed(rates, kNow + 249ms, 5) == 0);
  CHECK(allowed(rates, kNow + 250ms, 5) == 1);
  CHECK(allowed(rates, kNow + 1250ms, 50) == 4);
  CHECK(allowed(rates, kNow + 10min, 50) == 10);
}

TEST_CASE("rates: a refused caller hears how long to wait, and goes on then") {
  RateLimiter rates({.per_second = 2, .burst = 1});
  CHECK_FALSE(rates.take("token desk", kNow));
  CHECK(rates.take("token desk", kNow + 100ms) == std::optional<RateLimiter::Clock::duration>(400ms));
  CHECK_FALSE(rates.take("token desk", kNow + 500ms));
}

TEST_CASE("rates: each caller has its own") {
  RateLimiter rates({.per_second = 1, .burst = 2});
  CHECK(allowed(rates, kNow, 5, "token desk") == 2);
  CHECK(allowed(rates, kNow, 5, "token wire") == 2);
  CHECK(rates.callers() == 2);
}

TEST_CASE("rates: without a limit everybody goes on, and nobody is remembered") {
  RateLimiter rates;
  CHECK(allowed(rates, kNow, 1000) == 1000);
  CHECK(rates.callers() == 0);
}

TEST_CASE("rates: a new limit holds from the next request on, for what was used up too") {
  RateLimiter rates({.per_second = 1, .burst = 5});
  CHECK(allowed(rates, kNow, 9) == 5);
  rates.set({.per_second = 1, .burst = 7});
  CHECK(allowed(rates, kNow, 9) == 2);
  rates.set({});
  CHECK(allowed(rates, kNow, 9) == 9);
}

TEST_CASE("rates: of too many callers those that asked least recently are forgotten") {
  RateLimiter rates({.per_second = 1, .burst = 1}, 2);
  CHECK_FALSE(rates.take("a", kNow));
  CHECK_FALSE(rates.take("b", kNow));
  CHECK(rates.take("a", kNow));
  CHECK_FALSE(rates.take("c", kNow));  // in place of b
  CHECK(rates.callers() == 2);
  CHECK(rates.take("a", kNow));
  CHECK_FALSE(rates.take("b", kNow));
}

TEST_CASE("rates: an address counts for its network of 64 bits in IPv6") {
  CHECK(network_of("192.0.2.7") == "192.0.2.7");
  CHECK(network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64");
  CHECK(network_of("fe80::1%eth0") == "fe80::/64");
  CHECK(network_of("") == "");
}
