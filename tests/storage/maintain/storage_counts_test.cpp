#include "storage/maintain/storage_counts.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("counts and sizes for the metrics") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  store(connection, writer, document("wire", "1", at_minute(0), "A"));
  auto reader = Connection::open_reader(folder.file());
  const auto counts = read_counts(reader);
  CHECK(counts.documents == 1);
  CHECK(counts.seq == 1);
  CHECK(*counts.event_time == at_minute(0));
  CHECK(counts.database_bytes > 0);
  CHECK(counts.wal_bytes > 0);
  CHECK(free_bytes(folder.file()) > 0);
  CHECK(free_bytes(folder.file("not/yet/there.db")) == free_bytes(folder.file()));
  CHECK(free_bytes("relative.db") > 0);
}
