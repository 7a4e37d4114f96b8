#include "storage/connection/statement.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("statements are cached, lent once, and evicted beyond the bound") {
  const TempFolder folder;
  StorageOptions options;
  options.statement_cache = 4;
  auto writer = Connection::open_writer(folder.file(), options);
  auto outer = writer.prepare("SELECT ?1 + 1");
  outer.bind(1, 1);
  REQUIRE(outer.step());
  CHECK(writer.prepare("SELECT ?1 + 1").bind(1, 41).step());  // the same text while it is running
  for (int i = 0; i < 20; ++i) CHECK(number(writer, "SELECT " + std::to_string(i)) == i);
  CHECK(outer.integer(0) == 2);
  outer.reset();
  CHECK_THROWS_AS(writer.prepare("SELECT nonsense FROM nowhere"), StorageError);
}
