#include "storage/document/dictionary.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a name keeps its key; a rolled-back key is not cached") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  Dictionary topics(connection, "topic");
  std::int64_t kept = 0;
  {
    Transaction transaction(connection);
    kept = topics.key("earnings");
    transaction.commit();
  }
  {
    Transaction transaction(connection);
    CHECK(topics.key("mergers") != kept);
  }
  CHECK(find_key(connection, "topic", "mergers") == -1);
  Transaction transaction(connection);
  CHECK(topics.key("earnings") == kept);
  const auto again = topics.key("mergers");
  CHECK(find_key(connection, "topic", "mergers") == again);
}
