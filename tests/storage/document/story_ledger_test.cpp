#include "storage/document/story_ledger.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a story lasts 72 hours from its first document") {
  DocumentStore f;
  const auto minute = [](int h) { return at_minute(60 * h); };
  const auto first = f.add(document("wire", "1", minute(0), "Same words"));
  const auto second = f.add(document("wire", "2", minute(72), "Same words"));
  const auto third = f.add(document("wire", "3", minute(72) + milliseconds(1), "Same words"));
  CHECK(second.story_id == first.story_id);
  CHECK(third.story_id != first.story_id);
  // Between two stories the nearer first document decides.
  CHECK(f.add(document("wire", "4", minute(20), "Same words")).story_id == first.story_id);
  CHECK(f.add(document("wire", "5", minute(60), "Same words")).story_id == third.story_id);
  // No key: always a story of its own.
  auto nameless = document("wire", "6", minute(1), "A");
  nameless.story_key.clear();
  auto nameless_too = document("wire", "7", minute(1), "A");
  nameless_too.story_key.clear();
  CHECK(f.add(nameless).story_id != f.add(nameless_too).story_id);
}
