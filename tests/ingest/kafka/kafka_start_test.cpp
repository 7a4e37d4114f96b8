#include "ingest/kafka/kafka_start.hpp"

#include "ingest/kafka/error_notice.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::chrono_literals;

PartitionFacts facts() {
  PartitionFacts facts;
  facts.topic = "news";
  facts.partition = 2;
  facts.low = 10;
  facts.high = 100;
  return facts;
}

std::int64_t start_of(const PartitionFacts& known, KafkaStart start = KafkaStart::latest) {
  return decide_start(known, start)->offset;
}

TEST_CASE("the database's position wins over the group's, the group's over the start") {
  PartitionFacts known = facts();
  CHECK(start_of(known, KafkaStart::latest) == 100);
  CHECK(start_of(known, KafkaStart::earliest) == 10);
  known.at_time = 55;
  CHECK(start_of(known, KafkaStart::time) == 55);
  known.group = 70;
  CHECK(start_of(known, KafkaStart::earliest) == 70);
  known.database = 60;
  CHECK(start_of(known, KafkaStart::earliest) == 60);
  known.database = 100;
  CHECK_FALSE(decide_start(known, KafkaStart::latest)->out_of_range);
}

TEST_CASE("a partition that appears after the first assignment is read from its beginning") {
  PartitionFacts known = facts();
  known.appeared_later = true;
  known.at_time = 55;
  CHECK(start_of(known, KafkaStart::latest) == 10);
  CHECK(start_of(known, KafkaStart::time) == 10);
  known.group = 70;  // it was read before, by this group
  CHECK(start_of(known, KafkaStart::latest) == 70);
  known.group.reset();
  known.low.reset();
  CHECK_FALSE(decide_start(known, KafkaStart::latest));
}

TEST_CASE("a position outside the log continues from the earliest record, and says so") {
  PartitionFacts known = facts();
  known.group = 900;
  const auto past = decide_start(known, KafkaStart::latest);
  CHECK(past->offset == 10);
  CHECK(past->out_of_range);
  CHECK(past->reason == "news/2: the group's position 900 is past the log's end 100; reading continues from 10");
  known.group.reset();
  known.database = 9;
  const auto before = decide_start(known, KafkaStart::latest);
  CHECK(before->offset == 10);
  CHECK(before->reason ==
        "news/2: the database's position 9 is before the log's start 10 (records were deleted before they were read); "
        "reading continues from 10");
}

TEST_CASE("without an answer a known position is kept, an unknown one is not guessed") {
  PartitionFacts known = facts();
  known.low.reset();
  known.high.reset();
  CHECK_FALSE(decide_start(known, KafkaStart::latest));
  known.database = 900;
  CHECK(start_of(known) == 900);
}

TEST_CASE("repeated events are reported at once, then at growing intervals") {
  ErrorNotice notice(30s, 100s);
  const TimePoint start{0ms};
  CHECK(notice.count("down", start) == 1);
  CHECK_FALSE(notice.count("down", start + 1s));
  CHECK_FALSE(notice.count("down", start + 29s));
  CHECK(notice.count("down", start + 30s) == 3);
  CHECK_FALSE(notice.count("down", start + 89s));
  CHECK(notice.count("down", start + 90s) == 2);
  CHECK(notice.count("down", start + 190s) == 1);
  CHECK(notice.count("other", start + 190s) == 1);
  CHECK(notice.clear("down") == 7);
  CHECK(notice.clear("down") == 0);
  CHECK(notice.count("down", start + 191s) == 1);
}

TEST_CASE("the number of different notices is bounded") {
  ErrorNotice notice(30s, 100s, 2);
  const TimePoint start{0ms};
  CHECK(notice.count("a", start) == 1);
  CHECK(notice.count("b", start) == 1);
  CHECK(notice.count("c", start) == 1);
  CHECK_FALSE(notice.count("d", start));  // shares its place with c
}

}  // namespace
}  // namespace tapewatch::ingest
