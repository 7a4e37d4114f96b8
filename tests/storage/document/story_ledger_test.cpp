#include "storage/document/story_ledger.hpp"

#include "storage/document/story_reader.hpp"
#include "storage/mark.hpp"
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

namespace {

DocumentRow signed_document(const std::string& id, TimePoint at, char sign, std::optional<std::int64_t> story) {
  auto row = document("wire", id, at, "Same words");
  row.story_signature = {std::byte{1}, static_cast<std::byte>(sign)};
  row.story = story;
  return row;
}

}  // namespace

TEST_CASE("a document joins the story that was chosen for it, whatever its key") {
  DocumentStore f;
  const auto first = f.add(signed_document("1", at_minute(0), 'a', 0));
  const auto other = f.add(signed_document("2", at_minute(1), 'b', 0));
  CHECK(other.story_id != first.story_id);
  CHECK(f.add(signed_document("3", at_minute(2), 'c', first.story_id)).story_id == first.story_id);
  CHECK(number(f.connection, "SELECT documents FROM story WHERE id = 1") == 2);

  // Each story keeps the signature of the document that began it; those without one are found by their key alone.
  f.add(document("wire", "4", at_minute(3), "Other words"));
  const StoryReader stories(f.connection, {});
  const auto rows = stories.with_key("Same words", at_minute(1), 10);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].id == other.story_id);
  CHECK(rows[0].signature == std::vector<std::byte>{std::byte{1}, std::byte{'b'}});
  CHECK(rows[1].first_at == at_minute(0));
  CHECK(stories.with_key("Other words", at_minute(1), 10).at(0).signature.empty());
  CHECK(stories.with_key("Same words", at_minute(72 * 60 + 1), 10).size() == 1);
  CHECK(stories.since(at_minute(0), 10).size() == 2);
  CHECK(stories.since(at_minute(1), 10).size() == 1);
  CHECK(stories.since(at_minute(0), 1).at(0).id == other.story_id);
  CHECK(stories.first_kept() == TimePoint{});
}
