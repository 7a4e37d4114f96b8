#include "storage/mark.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a mark is absent until it is set, and only increases") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  CHECK_FALSE(read_mark(connection, kFoldedBefore));
  raise_mark(connection, kFoldedBefore, 30);
  raise_mark(connection, kFoldedBefore, 15);
  CHECK(read_mark(connection, kFoldedBefore) == 30);
  raise_mark(connection, kFoldedBefore, 45);
  CHECK(read_mark(connection, kFoldedBefore) == 45);
  CHECK_FALSE(read_mark(connection, kSweptBefore));
}
