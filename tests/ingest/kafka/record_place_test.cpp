#include "ingest/kafka/record_place.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("a record's place is written for people and read back") {
  const RecordPlace place{"news.raw-2", 3, 9'000'000'000};
  CHECK(place.text() == "news.raw-2/3@9000000000");
  CHECK(parse_record_place(place.text()) == place);
  for (const char* other : {"", "news", "news/3", "news@3", "news/3@", "news/x@1", "news/3@1x", "@/", "feed entry 7"}) {
    CHECK_FALSE(parse_record_place(other));
  }
}

}  // namespace
}  // namespace tapewatch::ingest
