// Step 26: what was known when.
#include "storage/document/document_reader.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/schema/schema.hpp"
#include "tests/storage/schema/schema_support.hpp"

using namespace storage_test;

TEST_CASE("of documents that an earlier schema has stored it is not known whether they came as history") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_19.sql"));
  auto connection = Connection::open_writer(folder.file());
  CHECK(check_database(connection).problems.empty());
  const std::int64_t before = number(connection, "SELECT count(*) FROM document_view");
  REQUIRE(before > 0);
  CHECK(number(connection, "SELECT count(*) FROM document_view WHERE backfilled IS NULL") == before);
  DocumentWriter writer(connection, {});
  store(connection, writer, document("wire", "new", at_minute(0), "New since"));
  CHECK(number(connection, "SELECT backfilled FROM document_view WHERE external_id = 'new'") == 0);
  CHECK(DocumentReader(connection).find("wire", "new")->backfilled == false);
}

TEST_CASE("an empty database knows it of every document") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  CHECK(number(connection, "SELECT count(*) FROM mark WHERE name = 'backfill_unknown'") == 0);
}
