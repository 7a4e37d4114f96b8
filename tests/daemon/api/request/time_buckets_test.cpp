#include "daemon/api/request/time_buckets.hpp"

#include "config/notation/rfc3339.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

using Edge = std::chrono::sys_time<std::chrono::milliseconds>;

Edge at(const char* text) { return *notation::parse_rfc3339(text); }

std::vector<Edge> edges(const char* from, const char* to, Bucket bucket, const char* zone) {
  BucketRequest request;
  request.from = at(from);
  request.to = at(to);
  request.bucket = bucket;
  request.time_zone = zone;
  return bucket_edges(request).value();
}

}  // namespace

TEST_CASE("buckets are whole: the range is widened to their edges") {
  CHECK(edges("2026-03-02T09:07:00Z", "2026-03-02T09:31:00Z", Bucket::quarter, "UTC") ==
        std::vector{at("2026-03-02T09:00:00Z"), at("2026-03-02T09:15:00Z"), at("2026-03-02T09:30:00Z"),
                    at("2026-03-02T09:45:00Z")});
  CHECK(edges("2026-03-02T09:00:00Z", "2026-03-02T09:01:00Z", Bucket::minute, "UTC").size() == 2);
}

TEST_CASE("a day has 23 hours where clocks go forward and 25 where they go back") {
  const auto spring = edges("2026-03-28T12:00:00+01:00", "2026-03-30T12:00:00+02:00", Bucket::day, "Europe/Berlin");
  REQUIRE(spring.size() == 4);
  CHECK(spring[0] == at("2026-03-28T00:00:00+01:00"));
  CHECK(spring[2] - spring[1] == 23h);
  const auto autumn = edges("2026-10-24T12:00:00+02:00", "2026-10-26T12:00:00+01:00", Bucket::day, "Europe/Berlin");
  CHECK(autumn[2] - autumn[1] == 25h);
  CHECK(autumn[2] == at("2026-10-26T00:00:00+01:00"));
}

TEST_CASE("every local day and hour of a change of the clocks is one bucket, and none is missing") {
  struct Change {
    const char *zone, *from, *to;
    std::chrono::hours day;
  };
  for (const Change& change :
       {Change{"Europe/London", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00+01:00", 23h},
        Change{"Europe/London", "2026-10-25T00:00:00+01:00", "2026-10-26T00:00:00Z", 25h},
        Change{"America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00", 23h},
        Change{"America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", 25h}}) {
    CAPTURE(change.zone, change.from);
    CHECK(edges(change.from, change.to, Bucket::day, change.zone) == std::vector{at(change.from), at(change.to)});
    CHECK(at(change.to) - at(change.from) == change.day);
    const auto hours = edges(change.from, change.to, Bucket::hour, change.zone);
    REQUIRE(hours.size() == static_cast<std::size_t>(change.day.count()) + 1);
    for (std::size_t i = 0; i < hours.size(); ++i) CHECK(hours[i] == at(change.from) + std::chrono::hours(i));
    CHECK(hours.back() == at(change.to));
  }
}

TEST_CASE("a midnight that does not exist begins at the first instant of the day") {
  // Beirut goes forward at midnight: 2026-03-29 begins at 01:00 summer time.
  const auto days = edges("2026-03-28T10:00:00+02:00", "2026-03-30T10:00:00+03:00", Bucket::day, "Asia/Beirut");
  REQUIRE(days.size() == 4);
  CHECK(days[1] == at("2026-03-29T01:00:00+03:00"));
  CHECK(days[2] - days[1] == 23h);
}

TEST_CASE("weeks begin on Monday, local time") {
  const auto weeks = edges("2026-03-04T00:00:00Z", "2026-03-10T00:00:00Z", Bucket::week, "America/New_York");
  REQUIRE(weeks.size() == 3);
  CHECK(weeks[0] == at("2026-03-02T00:00:00-05:00"));
  CHECK(weeks[1] == at("2026-03-09T00:00:00-04:00"));
  const auto sunday = edges("2026-03-08T12:00:00Z", "2026-03-08T13:00:00Z", Bucket::week, "UTC");
  CHECK(sunday[0] == at("2026-03-02T00:00:00Z"));
}

TEST_CASE("hours follow the local clock, also where it is half an hour off") {
  const auto india = edges("2026-03-02T09:10:00Z", "2026-03-02T10:00:00Z", Bucket::hour, "Asia/Kolkata");
  CHECK(india[0] == at("2026-03-02T14:00:00+05:30"));
  // Lord Howe moves by half an hour: one bucket is shorter or longer, then all are on full hours again.
  const auto howe = edges("2026-04-04T12:00:00Z", "2026-04-04T19:00:00Z", Bucket::hour, "Australia/Lord_Howe");
  for (std::size_t i = 1; i < howe.size(); ++i) CHECK(howe[i] > howe[i - 1]);
  CHECK(howe.back() >= at("2026-04-04T19:00:00Z"));
  CHECK(howe.back() == at("2026-04-05T06:00:00+10:30"));
}

TEST_CASE("too many buckets are refused, auto keeps below its limit") {
  BucketRequest request;
  request.from = at("2020-01-01T00:00:00Z");
  request.to = at("2026-01-01T00:00:00Z");
  request.bucket = Bucket::minute;
  CHECK_FALSE(bucket_edges(request));
  CHECK(choose_bucket(1h, 300) == Bucket::minute);
  CHECK(choose_bucket(24h, 300) == Bucket::five_minutes);
  CHECK(choose_bucket(7 * 24h, 300) == Bucket::hour);
  CHECK(choose_bucket(365 * 24h, 300) == Bucket::week);
  CHECK(choose_bucket(50 * 365 * 24h, 300) == Bucket::week);
}

TEST_CASE("a midnight that occurs twice begins its day the first time") {
  const auto days = edges("2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z", Bucket::day, "America/Havana");
  CHECK(days == std::vector{at("2026-10-31T00:00:00-04:00"), at("2026-11-01T00:00:00-04:00"),
                            at("2026-11-02T00:00:00-05:00"), at("2026-11-03T00:00:00-05:00")});
}

TEST_CASE("clocks that go back over a midnight do not make a bucket of the day before again") {
  // St John's went back from 00:01 to 23:01: the day of 7 November 2010 had begun a minute before.
  const auto days = edges("2010-11-07T03:00:00Z", "2010-11-07T12:00:00Z", Bucket::day, "America/St_Johns");
  CHECK(days == std::vector{at("2010-11-07T00:00:00-02:30"), at("2010-11-08T00:00:00-03:30")});
}

TEST_CASE("a day that the calendar skips has no bucket") {
  const auto days = edges("2011-12-29T20:00:00Z", "2011-12-31T20:00:00Z", Bucket::day, "Pacific/Apia");
  CHECK(days == std::vector{at("2011-12-29T00:00:00-10:00"), at("2011-12-31T00:00:00+14:00"),
                            at("2012-01-01T00:00:00+14:00"), at("2012-01-02T00:00:00+14:00")});
}
