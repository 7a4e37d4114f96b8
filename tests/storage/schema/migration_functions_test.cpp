#include "storage/schema/migration_functions.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("search_words() exists for as long as migrations run, and counts its texts") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  std::int64_t texts = 0;
  {
    const MigrationFunctions functions(connection, [&](std::int64_t count) { texts = count; });
    auto read = connection.prepare("SELECT search_words('Zürich 中国'), search_words(NULL)");
    REQUIRE(read.step());
    CHECK(read.text(0) == "zurich 中国 国");
    CHECK(read.text(1) == "");
  }
  CHECK(texts == 2);
  CHECK_THROWS_AS(connection.prepare("SELECT search_words('no more')"), StorageError);
}
