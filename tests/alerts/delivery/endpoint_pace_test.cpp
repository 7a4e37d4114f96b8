#include "alerts/delivery/endpoint_pace.hpp"

#include <deque>
#include <functional>
#include <queue>

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace std::chrono_literals;

namespace {

using Time = EndpointPace::Time;
using std::chrono::milliseconds;

constexpr Time kStart{std::chrono::hours{1}};

enum class Answer { ok, error, refused, away };

/// A receiver: its answer to a request at a time, and how long it takes.
struct Receiver {
  std::function<std::pair<Answer, milliseconds>(Time)> answer;
  milliseconds takes{10};
};

struct Run {
  std::size_t requests = 0, accepted = 0, most_in_flight = 0;
  milliseconds lasted{0};
  Time last_request{};
};

/// Sends until `messages` were accepted, or as many were answered where `answered_once`; at most a day.
Run deliver(EndpointPace& pace, const Receiver& receiver, std::size_t messages, bool answered_once = false) {
  struct Flight {
    Time ends;
    Answer answer;
    milliseconds wait;
    bool operator>(const Flight& other) const { return ends > other.ends; }
  };
  std::priority_queue<Flight, std::vector<Flight>, std::greater<>> flights;
  Run run;
  Time now = kStart;
  std::size_t left = messages;
  while ((left > 0 || !flights.empty()) && now < kStart + 24h) {
    while (left > 0 && pace.room(flights.size(), now) > 0) {
      const auto [answer, wait] = receiver.answer(now);
      flights.push({now + receiver.takes, answer, wait});
      pace.sent(now);
      --left;
      ++run.requests;
      run.last_request = now;
      run.most_in_flight = std::max(run.most_in_flight, flights.size());
    }
    Time then = flights.empty() ? Time::max() : flights.top().ends;
    if (left > 0 && pace.next(now) > now) then = std::min(then, pace.next(now));
    REQUIRE(then < Time::max());
    now = then;
    while (!flights.empty() && flights.top().ends <= now) {
      const auto flight = flights.top();
      flights.pop();
      if (flight.answer == Answer::ok) pace.accepted();
      if (flight.answer == Answer::error) pace.failed();
      if (flight.answer == Answer::refused) pace.refused(now, flight.wait);
      if (flight.answer == Answer::away) pace.away(now, flight.wait);
      if (flight.answer == Answer::ok) ++run.accepted;
      if (flight.answer != Answer::ok && !answered_once) ++left;
    }
    run.lasted = std::chrono::ceil<milliseconds>(now - kStart);
  }
  return run;
}

/// Accepts `burst` requests in any span of `burst` times `every`, and names the time at which it accepts the next one.
Receiver bucket(std::size_t burst, milliseconds every) {
  auto taken = std::make_shared<std::deque<Time>>();
  return {[=](Time now) -> std::pair<Answer, milliseconds> {
    const auto span = every * static_cast<int>(burst);
    while (!taken->empty() && taken->front() + span <= now) taken->pop_front();
    if (taken->size() >= burst) {
      return {Answer::refused, std::chrono::ceil<std::chrono::seconds>(taken->front() + span - now)};
    }
    taken->push_back(now);
    return {Answer::ok, 0ms};
  }};
}

}  // namespace

TEST_CASE("pace: a limited endpoint is asked little more often than it accepts") {
  for (const auto& [name, burst, every, messages] : {std::tuple{"one a second", 1u, 1000ms, 44u},
                                                     {"one a second, long", 1u, 1000ms, 2000u},
                                                     {"sixty a minute, at once", 60u, 1000ms, 600u},
                                                     {"five in a burst, one in two seconds", 5u, 2000ms, 300u}}) {
    INFO(name);
    EndpointPace pace({});
    const Run run = deliver(pace, bucket(burst, every), messages);
    CHECK(run.accepted == messages);
    CHECK(static_cast<double>(run.requests) <= 1.2 * static_cast<double>(messages));
    // Slower than the limit allows by a third at most.
    CHECK(run.lasted <= every * static_cast<int>(messages) * 4 / 3);
  }
}

TEST_CASE("pace: a slow or dead endpoint gets several requests at a time") {
  EndpointPace slow({});
  const Run run = deliver(slow, {[](Time) { return std::pair{Answer::ok, 0ms}; }, 2s}, 60);
  CHECK(run.requests == 60);
  CHECK(run.lasted <= 30s);
  CHECK(run.most_in_flight <= PaceLimits{}.max_in_flight);

  EndpointPace dead({});
  const Run tried = deliver(dead, {[](Time) { return std::pair{Answer::error, 0ms}; }, 15s}, 252, true);
  CHECK(tried.requests == 252);
  CHECK(tried.last_request - kStart <= 5min);
}

TEST_CASE("pace: nothing is sent before the time that the endpoint names, though other messages succeed meanwhile") {
  EndpointPace pace({});
  Time now = kStart;
  for (int i = 0; i < 8; ++i) pace.accepted();
  for (int i = 0; i < 3; ++i) pace.sent(now);
  pace.away(now + 10ms, 90s);
  pace.accepted();
  pace.accepted();
  now += 1min;
  CHECK(pace.is_held(now));
  CHECK(pace.room(0, now) == 0);
  CHECK(pace.next(now) == kStart + 10ms + 90s);
  now = kStart + 91s;
  CHECK_FALSE(pace.is_held(now));
  CHECK(pace.room(0, now) == 1);  // one at first
  // It says nothing about the rate.
  CHECK(pace.gap() == 0ms);
}

TEST_CASE("pace: a refusal without a time doubles the wait, and a long one is shortened") {
  PaceLimits limits;
  EndpointPace pace(limits);
  Time now = kStart;
  for (const auto wait : {1s, 2s, 4s, 8s}) {
    pace.sent(now);
    pace.refused(now, std::nullopt);
    CHECK(pace.next(now) - now == wait);
    now = pace.next(now);
  }
  pace.sent(now);
  pace.refused(now, 300h);
  CHECK(pace.next(now) - now == limits.max_hold);
}

TEST_CASE("pace: idle time does not count as slowness") {
  EndpointPace pace({});
  pace.sent(kStart);
  pace.accepted();
  pace.sent(kStart + 3h);
  pace.accepted();
  pace.sent(kStart + 3h);
  pace.refused(kStart + 3h + 10ms, 1s);
  CHECK(pace.gap() <= 1100ms);
}
