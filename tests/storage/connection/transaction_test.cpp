#include "storage/connection/transaction.hpp"

#include "storage/clock.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a transaction that is not committed leaves nothing") {
  const TempFolder folder;
  auto writer = Connection::open_writer(folder.file());
  const auto generation = writer.generation();
  {
    Transaction transaction(writer);
    Clock(writer).record_tick(at_minute(1));
  }
  CHECK(Clock(writer).last_seq() == 0);
  CHECK(writer.generation() == generation + 1);
  {
    Transaction transaction(writer);
    Clock(writer).record_tick(at_minute(1));
    transaction.commit();
  }
  CHECK(Clock(writer).last_seq() == 1);
  CHECK(writer.generation() == generation + 1);
}

TEST_CASE("readers see one state in a read transaction, and the last commit outside") {
  const TempFolder folder;
  auto writer = Connection::open_writer(folder.file());
  auto reader = Connection::open_reader(folder.file());
  const auto tick = [&](std::int64_t minute) {
    Transaction transaction(writer);
    Clock(writer).record_tick(at_minute(minute));
    transaction.commit();
  };
  tick(1);
  {
    const ReadTransaction snapshot(reader);
    CHECK(Clock(reader).last_seq() == 1);
    tick(2);
    CHECK(Clock(reader).last_seq() == 1);
  }
  CHECK(Clock(reader).last_seq() == 2);
}
