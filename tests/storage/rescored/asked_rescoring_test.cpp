#include "storage/rescored/asked_rescoring.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("what was asked to be scored again is kept until it is forgotten, the last one only") {
  const TempFolder folder;
  const auto asked = [&] {
    auto reader = Connection::open_reader(folder.file());
    return asked_rescoring(reader);
  };
  auto database = open_new(folder.file());
  CHECK_FALSE(asked());
  keep_rescoring(database, {.model = "tiny", .from = at_minute(3), .mentions = true});
  REQUIRE(asked());
  CHECK(asked()->model.empty());
  CHECK(asked()->from == at_minute(3));
  CHECK(asked()->to == TimePoint::max());
  CHECK(asked()->mentions);
  keep_rescoring(database, {.to = at_minute(9)});
  CHECK(asked()->from == TimePoint::min());
  CHECK(asked()->to == at_minute(9));
  CHECK_FALSE(asked()->mentions);
  CHECK(number(database, "SELECT count(*) FROM rescoring") == 1);
  forget_rescoring(database);
  CHECK_FALSE(asked());
}
