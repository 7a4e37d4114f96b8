// What publishers ask for: fewer requests, later ones, conditional ones.
#include "ingest/feed/feed_state.hpp"
#include "ingest/feed/host_spacing.hpp"
#include "tests/ingest/feed/feed_answers.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;
using namespace tapewatch::ingest::test;
using namespace std::chrono_literals;

TEST_CASE("feed state: Retry-After is kept on 429 and 503, also over a restart, within its bound") {
  FeedState state(options(), {}, "");
  const auto busy = state.on_response(status(503, {{"Retry-After", "600"}}), kStart, 0);
  CHECK(busy.next_poll == kStart + 600s);
  REQUIRE(busy.state);
  FeedState restarted(options(), {}, *busy.state);
  CHECK(restarted.first_poll(kStart + 10s, 0) == kStart + 600s);
  CHECK(restarted.first_poll(kStart + 700s, 0) == kStart + 700s);
  for (const char* date :
       {"Tue, 05 Mar 2024 15:00:00 GMT", "Tuesday, 05-Mar-24 15:00:00 GMT", "Tue Mar  5 15:00:00 2024"}) {
    CHECK(state.on_response(status(429, {{"retry-after", date}}), kStart, 0).next_poll == kStart + 1h);
  }
  CHECK(state.on_response(status(429, {{"Retry-After", "999999999999"}}), kStart, 0).next_poll == kStart + 24h);
  CHECK(state.on_response(status(429, {{"Retry-After", "soon"}}), kStart, 0).next_poll < kStart + 1h);
  CHECK(state.on_response(answer(item("a", "x")), kStart, 0).next_poll == kStart + 60s);
  CHECK(state.first_poll(kStart, 0) == kStart);
}

TEST_CASE("feed state: 410 rests a feed for days, says so, and may have been a mistake") {
  FeedState state(options(), {}, "");
  const auto gone = state.on_response(status(410), kStart, 0);
  CHECK(gone.kind == FeedOutcome::Kind::gone);
  CHECK(gone.error == "410 Gone: the publisher has ended this feed; it is asked again after 3d");
  CHECK(gone.next_poll == kStart + 72h);
  REQUIRE(gone.state);
  FeedState restarted(options(), {}, *gone.state);
  CHECK(restarted.first_poll(kStart + 1h, 0) == kStart + 72h);
  CHECK_FALSE(restarted.held());
  CHECK(state.on_response(answer(item("a", "x")), gone.next_poll, 0).items.size() == 1);
  CHECK(state.failures() == 0);
}

TEST_CASE("feed state: 429 and 503 hold the host that answered, other failures do not") {
  FeedState state(options(), {}, "");
  const auto busy = state.on_response(status(429, {{"Retry-After", "600"}}), kStart, 0);
  CHECK(busy.hold == HostHold{"example.com", kStart + 600s});
  FeedState restarted(options(), {}, busy.state.value());
  CHECK(restarted.held() == busy.hold);  // the other feeds of the host wait after a restart, too

  FeedResponse elsewhere = status(503, {{"Retry-After", "Tue, 05 Mar 2024 15:00:00 GMT"}});
  elsewhere.final_url = "https://CDN.example.net:8443/feed.xml";
  CHECK(state.on_response(elsewhere, kStart, 0).hold == HostHold{"cdn.example.net", kStart + 1h});
  // Without a time: one interval, however long this feed itself waits by now.
  for (int i = 0; i < 5; ++i) CHECK(state.on_response(status(503), kStart, 0).hold->until == kStart + 60s);
  CHECK_FALSE(state.on_response(status(500, {{"Retry-After", "600"}}), kStart, 0).hold);
  CHECK_FALSE(state.on_response(answer(item("a", "x")), kStart, 0).hold);
  CHECK_FALSE(state.held());
}

TEST_CASE("feed state: a 304 brings new validators for what is stored") {
  FeedState state(options(), {}, "");
  state.on_response(answer(item("a", "x"), {{"ETag", "\"v1\""}}), kStart, 0);
  const auto moved = state.on_response(
      status(304, {{"ETag", "\"v2\""}, {"Last-Modified", "Tue, 05 Mar 2024 13:30:00 GMT"}}), kStart + 1min, 0);
  CHECK(moved.kind == FeedOutcome::Kind::unchanged);
  FeedState restarted(options(), {}, moved.state.value());
  const auto asked = restarted.next_request(kStart + 2min);
  CHECK(header(asked, "If-None-Match") == "\"v2\"");
  CHECK(header(asked, "If-Modified-Since") == "Tue, 05 Mar 2024 13:30:00 GMT");
  state.on_response(status(304), kStart + 2min, 0);  // without any: the stored ones stay
  CHECK(header(state.next_request(kStart + 3min), "If-None-Match") == "\"v2\"");
}

TEST_CASE("feed state: a publisher's wishes outlast a restart") {
  FeedState state(options(), {}, "");
  const auto read = state.on_response(
      answer(item("a", "x"), {{"ETag", "\"v1\""}}, "<ttl>10</ttl><skipHours><hour>15</hour></skipHours>"), kStart, 0);
  FeedState restarted(options(), {}, read.state.value());
  CHECK(restarted.first_poll(kStart + 1min, 0) == kStart + 10min);
  CHECK(restarted.first_poll(kStart + 11min, 0) == kStart + 11min);
  // A 304 repeats no ttl and no skipHours.
  const auto later = restarted.on_response(status(304), kStart + 20min, 0);
  CHECK(later.next_poll == kStart + 30min);
  CHECK(restarted.on_response(status(304), kStart + 55min, 0).next_poll == kStart + 2h);
  // What the interval covers anyway is not written down at each poll.
  FeedState brief(options(), {}, "");
  brief.on_response(answer(item("a", "x"), {{"ETag", "\"v1\""}, {"Cache-Control", "max-age=30"}}), kStart, 0);
  CHECK_FALSE(brief.on_response(status(304, {{"Cache-Control", "max-age=30"}}), kStart + 1min, 0).state);
}

TEST_CASE("feed state: publishers' wishes lengthen the wait within bounds") {
  const auto next = [](const FeedResponse& response) {
    return FeedState(options(), {}, "").on_response(response, kStart, 0).next_poll - kStart;
  };
  CHECK(next(answer(item("a", "x"), {}, "<ttl>5</ttl>")) == 5min);
  CHECK(next(answer(item("a", "x"), {}, "<ttl>1440</ttl>")) == 15min);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "public, max-age=300"}})) == 5min);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "max-age=300"}, {"Age", "100"}})) == 200s);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "max-age=300, no-cache"}})) == 60s);
  CHECK(next(answer(item("a", "x"), {{"Expires", "Tue, 05 Mar 2024 14:10:00 GMT"},
                                     {"Date", "Tue, 05 Mar 2024 14:00:00 GMT"}})) == 10min);
  CHECK(next(answer(item("a", "x"), {{"Expires", "0"}})) == 60s);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "max-age=banana"}})) == 60s);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "public"}, {"cache-control", "max-age=300"}})) == 5min);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "max-age=300"}, {"Cache-Control", "no-store"}})) == 60s);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "no-cache=\"Set-Cookie, Age\", max-age=\"300\""}})) == 5min);
  CHECK(next(answer(item("a", "x"), {{"Cache-Control", "x-max-age=900, s-maxage=800, max-age=300"}})) == 5min);
  CHECK(next(answer(item("a", "x"), {}, "<skipHours><hour>14</hour></skipHours>")) == 60min);
  CHECK(next(answer(item("a", "x"), {}, "<skipDays><day>Tuesday</day></skipDays>")) ==
        61min);  // at most max_skip later
  FeedState jittered(options(), {}, "");
  const auto wait = jittered.on_response(answer(item("a", "x")), kStart, 0.999).next_poll - kStart;
  CHECK(wait > 60s);
  CHECK(wait < 66s);
}

TEST_CASE("host spacing: requests to one host keep their distance, others do not wait") {
  HostSpacing spacing;
  CHECK(spacing.reserve("a", kStart, 1s) == kStart);
  CHECK(spacing.reserve("a", kStart, 1s) == kStart + 1s);
  CHECK(spacing.reserve("a", kStart, 1s) == kStart + 2s);
  CHECK(spacing.reserve("b", kStart, 1s) == kStart);
  CHECK(spacing.reserve("a", kStart + 10s, 1s) == kStart + 10s);
}

TEST_CASE("host spacing: a held host is asked by nobody, and by one after the other when the hold ends") {
  HostSpacing spacing;
  spacing.hold({"a", kStart + 1min});
  spacing.hold({"a", kStart + 10s});  // a longer hold stays
  CHECK(spacing.held_until("a", kStart) == kStart + 1min);
  CHECK(spacing.reserve("a", kStart, 1s) == kStart + 1min);
  CHECK(spacing.reserve("a", kStart + 5s, 1s) == kStart + 61s);
  CHECK(spacing.reserve("b", kStart, 1s) == kStart);
  CHECK(spacing.held_until("a", kStart + 2min) == kStart + 2min);
}
