#include "storage/document/held_documents.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

namespace storage_test {
namespace {

HeldRow held(const std::string& id, std::optional<TimePoint> until) {
  HeldRow row;
  row.source = "wire";
  row.external_id = id;
  row.intake = "kafka";
  row.embargo_until = until;
  row.held_at = at_minute(0);
  row.title = "title of " + id;
  row.document = "{}";
  return row;
}

TEST_CASE("held documents are kept by identity, and due when their embargo is over") {
  DocumentStore store;
  HeldDocuments documents(store.connection);
  CHECK_FALSE(documents.any());
  Transaction transaction(store.connection);
  const auto later = documents.put(held("later", at_minute(20)));
  const auto soon = documents.put(held("soon", at_minute(10)));
  documents.put(held("withheld", std::nullopt));
  CHECK(documents.any());
  CHECK(documents.due(at_minute(9), 10).empty());
  CHECK(documents.due(at_minute(10), 10).size() == 1);
  const auto due = documents.due(at_minute(60), 10);
  REQUIRE(due.size() == 2);
  CHECK(due[0].id == soon);
  CHECK(due[1].id == later);
  CHECK(documents.list(later, 10).size() == 2);

  // Another content of a document takes the place of the first, under another id.
  const auto again = documents.put(held("soon", at_minute(30)));
  CHECK(again > soon);
  CHECK_FALSE(documents.take(soon));
  CHECK(documents.find("wire", "soon")->embargo_until == at_minute(30));
  CHECK(documents.take(again));
  CHECK_FALSE(documents.find("wire", "soon").has_value());
  CHECK(documents.put(held("soon", std::nullopt)) > again);  // ids are never used twice
}

}  // namespace
}  // namespace storage_test
