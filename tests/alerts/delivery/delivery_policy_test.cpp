#include "alerts/delivery/delivery_policy.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kFirst = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};

Decision after(unsigned status, unsigned attempts = 1, std::chrono::milliseconds age = 0ms,
               const std::string& retry_after = "") {
  return decide({status, "", retry_after}, attempts, kFirst, kFirst + age, 0.0);
}

}  // namespace

TEST_CASE("any 2xx delivers, 410 switches off, everything else is retried") {
  for (const unsigned status : {200u, 201u, 202u, 204u, 299u}) {
    CHECK(after(status).outcome == DeliveryOutcome::delivered);
  }
  CHECK(after(410).outcome == DeliveryOutcome::disabled);
  for (const unsigned status : {100u, 301u, 302u, 307u, 400u, 401u, 404u, 429u, 500u, 503u}) {
    INFO(status);
    CHECK(after(status).outcome == DeliveryOutcome::retry);
    CHECK(after(status).retry_at.value() > kFirst);
  }
  CHECK(after(302).reason == "HTTP 302: redirects are not followed");
  const Decision refused = decide({0, "connection refused", ""}, 1, kFirst, kFirst, 0.5);
  CHECK(refused.outcome == DeliveryOutcome::retry);
  CHECK(refused.reason == "connection refused");
}

TEST_CASE("retries: for a day at most a minute apart, then for days at growing intervals, then never") {
  TimePoint now = kFirst;
  std::chrono::milliseconds last_gap{0};
  unsigned attempts = 1;
  for (;; ++attempts) {
    const Decision decision = decide({500, "", ""}, attempts, kFirst, now, 0.3);
    if (decision.outcome == DeliveryOutcome::exhausted) break;
    REQUIRE(decision.outcome == DeliveryOutcome::retry);
    const auto gap = *decision.retry_at - now;
    REQUIRE(gap > 0ms);
    if (now - kFirst < 24h) {
      REQUIRE(gap <= 60s);
    } else {
      REQUIRE(gap >= last_gap);
      last_gap = gap;
    }
    now = *decision.retry_at;
    REQUIRE(attempts < 3000);
  }
  CHECK(attempts > 1440);
  CHECK(last_gap > 10h);
  CHECK(now - kFirst > 5 * 24h);
  CHECK(now - kFirst <= 7 * 24h);
  CHECK(decide({500, "", ""}, attempts, kFirst, now, 0.3).reason.find("HTTP 500; given up after") == 0);
}

TEST_CASE("jitter shortens a gap by at most a fifth") {
  const auto whole = *decide({500, "", ""}, 10, kFirst, kFirst + 1h, 0.0).retry_at - (kFirst + 1h);
  const auto least = *decide({500, "", ""}, 10, kFirst, kFirst + 1h, 0.999).retry_at - (kFirst + 1h);
  CHECK(whole == 60s);
  CHECK(least >= 48s);
  CHECK(least < 49s);
}

TEST_CASE("Retry-After is honoured where it applies, within bounds") {
  const TimePoint now = kFirst + 1h;
  for (const unsigned status : {429u, 502u, 503u, 504u}) {
    CHECK(*after(status, 3, 1h, "120").retry_at == now + 120s);
    CHECK(*after(status, 3, 1h, "1000000").retry_at == now + 1h);                // bounded
    CHECK(*after(status, 10, 1h, "0").retry_at == now + 60s);                    // never sooner than the schedule
    CHECK(*after(status, 10, 1h, "99999999999999999999").retry_at == now + 1h);  // bounded
    for (const char* date :
         {"Mon, 05 Jan 2026 01:10:00 GMT", "Monday, 05-Jan-26 01:10:00 GMT", "Mon Jan  5 01:10:00 2026"})
      CHECK(*after(status, 3, 1h, date).retry_at == now + 10min);
  }
  CHECK(*after(500, 10, 1h, "120").retry_at == now + 60s);
  for (const char* nonsense : {"soon", "-5", "12x", "Mon, 35 Jan 2026 01:10:00 GMT", "Mon, 05 Foo 2026 01:10:00 GMT",
                               "Mon, 05 Jan 2026 01:10:00 CET"})
    CHECK(*after(503, 10, 1h, nonsense).retry_at == now + 60s);
}

TEST_CASE("a wall clock that steps back does not stop or storm the retries") {
  const Decision decision = decide({500, "", ""}, 5, kFirst, kFirst - 48h, 0.0);
  CHECK(decision.outcome == DeliveryOutcome::retry);
  CHECK(*decision.retry_at - (kFirst - 48h) == 60s);
}
