#include "storage/alert/detector_state.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("detector states are opaque bytes by rule and key") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  DetectorStateStore store(connection);
  const std::string blob("\0\x01\xff bytes", 9);
  store.save("b", "k", "1");
  store.save("a", "z", blob);
  store.save("a", "y", "to be forgotten");
  store.save("b", "k", "2");
  auto all = store.load_all();
  REQUIRE(all.size() == 3);
  CHECK(all[0].key == "y");
  CHECK(all[1].blob == blob);
  CHECK(all[2].blob == "2");
  store.save("a", "y", "");
  store.save("a", "never there", "");
  all = store.load_all();
  REQUIRE(all.size() == 2);
  CHECK(all[0].key == "z");
}
