#include "storage/schema/migration_functions.hpp"

#include "storage/document/title_hash.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the functions of migrations exist for as long as these run, and count texts and rows") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  std::int64_t texts = 0, rows = 0;
  {
    const MigrationFunctions functions(
        connection, [&](std::int64_t count) { texts = count; }, [&](std::int64_t count) { rows = count; });
    auto read = connection.prepare("SELECT search_words('Zürich 中国'), search_words(NULL)");
    REQUIRE(read.step());
    CHECK(read.text(0) == "zurich 中国 国");
    CHECK(read.text(1) == "");
    CHECK(number(connection, "SELECT title_hash('Same words')") == title_hash("Same words"));
    CHECK(number(connection, "SELECT count(title_hash('')) + count(title_hash(NULL))") == 0);
    CHECK(number(connection, "SELECT sum(counted(value)) FROM json_each('[3, 4, 5]')") == 12);
  }
  CHECK(texts == 2);
  CHECK(rows == 3);
  CHECK_THROWS_AS(connection.prepare("SELECT search_words('no more')"), StorageError);
}
