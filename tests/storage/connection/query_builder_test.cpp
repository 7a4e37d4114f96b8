#include "storage/connection/query_builder.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("conditions and values stay in order; names become the keys that exist") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  connection.execute("INSERT INTO topic (key, id) VALUES (7, 'a'), (3, 'b')");
  QueryBuilder where;
  CHECK(where.conditions().empty());
  where.where("key > ?", {std::int64_t{2}}).where("id = ?", {std::string("a")});
  CHECK(where.conditions() == " AND key > ? AND id = ?");
  auto read = connection.prepare("SELECT key FROM topic WHERE ? = 1" + where.conditions());
  read.bind(1, 1);
  CHECK(where.bind(read, 2) == 4);
  REQUIRE(read.step());
  CHECK(read.integer(0) == 7);
  const std::vector<std::string> names = {"a", "b", "a", "no such topic"}, unknown = {"c"};
  CHECK(key_list(connection, "topic", names) == "(3,7)");
  CHECK(key_list(connection, "topic", unknown) == "()");
  CHECK(marks(3) == "(?,?,?)");
}
