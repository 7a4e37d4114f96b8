#include "storage/document/metadata_table.hpp"

#include "storage/document/document_reader.hpp"
#include "storage/document/document_removal.hpp"
#include "storage/document/sequence_export.hpp"
#include "storage/maintain/retention.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

namespace storage_test {
namespace {

using Metadata = std::vector<MetadataRow>;

struct FilingStore : DocumentStore {
  DocumentReader reader{connection};

  Inserted add_filing(const std::string& id, Metadata metadata, std::int64_t revision = 1) {
    auto row = document("wire", id, at_minute(1), "filing " + id);
    row.metadata = std::move(metadata);
    row.source_revision = revision;
    return add(row);
  }
  std::vector<std::string> found(const Metadata& wanted) {
    std::vector<std::string> ids;
    for (const auto& item : reader.list({.metadata = wanted, .order = DocumentOrder::oldest}).items) {
      ids.push_back(item.row.id);
    }
    return ids;
  }
  std::int64_t pairs() {
    auto read = connection.prepare("SELECT count(*) FROM document_metadata_view");
    read.step();
    return read.integer(0);
  }
};

TEST_CASE("metadata is kept with its document, found by it, and replaced by a revision") {
  FilingStore store;
  const auto a = store.add_filing("a", {{"items", "9.01"}, {"form", "8-K"}, {"items", "4.02"}, {"form", "8-K"}});
  store.add_filing("b", {{"form", "10-Q"}});
  store.add_filing("c", {});
  CHECK(store.reader.get(std::to_string(a.row_id))->row.metadata ==
        Metadata{{"form", "8-K"}, {"items", "4.02"}, {"items", "9.01"}});
  CHECK(store.found({{"form", "8-K"}}) == std::vector<std::string>{"a"});
  CHECK(store.found({{"form", "8-K"}, {"form", "10-Q"}}) == std::vector<std::string>{"a", "b"});
  CHECK(store.found({{"form", "8-K"}, {"items", "9.01"}, {"items", "1.01"}}) == std::vector<std::string>{"a"});
  CHECK(store.found({{"form", "8-K"}, {"items", "1.01"}}).empty());
  CHECK(store.found({{"items", "8-K"}}).empty());

  store.add_filing("a", {{"form", "8-K/A"}}, 2);
  CHECK(store.reader.get(std::to_string(a.row_id))->row.metadata == Metadata{{"form", "8-K/A"}});
  CHECK(store.found({{"form", "8-K"}}).empty());
  CHECK(store.pairs() == 2);
}

TEST_CASE("a page of documents with some metadata goes on with that metadata only") {
  FilingStore store;
  for (const char* id : {"a", "b", "c"}) store.add_filing(id, {{"form", "8-K"}});
  DocumentQuery query{.metadata = {{"form", "8-K"}}, .limit = 2};
  const auto first = store.reader.list(query);
  REQUIRE(first.next_cursor);
  query.cursor = *first.next_cursor;
  CHECK(store.reader.list(query).items.size() == 1);
  query.metadata = {{"form", "10-Q"}};
  CHECK_THROWS_AS(store.reader.list(query), std::invalid_argument);
}

TEST_CASE("metadata goes with what is removed and with what retention deletes, and is exported with the sequence") {
  FilingStore store;
  store.add_filing("a", {{"form", "8-K"}});
  store.add_filing("b", {{"form", "8-K"}, {"speaker", "A \"B\""}});
  std::string exported;
  export_sequence(store.connection, [&](const std::string& line) { exported += line + "\n"; });
  CHECK(exported.find(R"("meta":{"form":["8-K"],"speaker":["A \"B\""]})") != std::string::npos);

  Transaction removing(store.connection);
  DocumentRemoval(store.connection, {}).apply({"wire", "a", std::nullopt}, at_minute(2));
  removing.commit();
  CHECK(store.pairs() == 2);
  CHECK(store.found({{"form", "8-K"}}) == std::vector<std::string>{"b"});
  const auto changes = store.reader.list({.after_seq = 2}).items;
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].row.metadata.empty());

  Transaction sweeping(store.connection);
  const StorageOptions options;
  Retention(store.connection, options).sweep(at_minute(1) + options.retention.documents + hours(1), 100);
  sweeping.commit();
  CHECK(store.pairs() == 0);
}

}  // namespace
}  // namespace storage_test
