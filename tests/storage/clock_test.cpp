#include "storage/clock.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the clock counts every row, and its time never goes back") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  Clock clock(connection);
  CHECK(clock.last_seq() == 0);
  CHECK_FALSE(clock.event_time());
  Transaction transaction(connection);
  CHECK(clock.advance(at_minute(5)).seq == 1);
  const Ticked earlier = clock.advance(at_minute(3));
  CHECK(earlier.seq == 2);
  CHECK(earlier.event_time == at_minute(5));
  CHECK(clock.advance(std::nullopt).event_time == at_minute(5));
  CHECK(clock.record_tick(at_minute(7)).seq == 4);
  CHECK(*clock.event_time() == at_minute(7));
  CHECK(number(connection, "SELECT count(*) FROM tick") == 1);
}
