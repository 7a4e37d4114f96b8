#include "storage/document/document_parts.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include "storage/document/document_reader.hpp"
#include "storage/document/entity_rows.hpp"
#include "storage/document/metadata_table.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

/// 900 documents: companies, risks and metadata of some of them, and stories of several.
struct PartsStore : DocumentStore {
  static constexpr std::int64_t kDocuments = 900;
  std::mt19937 random{3};

  PartsStore() {
    Transaction transaction(connection);
    for (std::int64_t i = 0; i < kDocuments; ++i) {
      auto row = document("wire", std::to_string(i), at_minute(i), "Title " + std::to_string(i));
      row.story_key = std::to_string(random() % 300);
      for (std::uint32_t named = random() % 4; named > 0; --named) {
        auto company = entity("company " + std::to_string(random() % 9), random() % 5 == 0 ? "unscored" : "negative");
        company.start = random() % 2 == 0 ? 0 : 10 - named;
        company.end = company.start + 5;
        company.method = random() % 2 == 0 ? "document" : "attention";
        if (random() % 3 == 0) company.risk = Risk{"fraud", Gravity::serious};
        row.entities.push_back(company);
      }
      for (std::uint32_t pair = random() % 3; pair > 0; --pair) row.metadata.push_back({"form", std::to_string(pair)});
      writer.insert(row, at_minute(i));
    }
    transaction.commit();
  }
  std::int64_t story_of(std::int64_t document) {
    auto read = connection.prepare("SELECT story FROM document WHERE id = ?");
    return read.bind(1, document).step() ? read.integer(0) : 0;
  }
  std::int64_t documents_of(std::int64_t story) {
    auto read = connection.prepare("SELECT documents FROM story WHERE id = ?");
    return read.bind(1, story).step() ? read.integer(0) : 0;
  }
};

std::string told(const std::vector<EntityRow>& entities) {
  std::string text;
  for (const EntityRow& entity : entities) {
    text += entity.id + "," + entity.name + "," + std::to_string(entity.sentiment) + "," +
            std::string(to_string(entity.label)) + "," + entity.method + "," + std::to_string(entity.start) + "," +
            std::to_string(entity.end) + "," + (entity.risk ? entity.risk->event : "") + ";";
  }
  return text;
}

}  // namespace

TEST_CASE("what is read ahead is what is read alone, up, down and anyhow") {
  PartsStore store;
  std::vector<std::int64_t> up(PartsStore::kDocuments + 20), down, any, gaps;  // the last ones do not exist
  std::iota(up.begin(), up.end(), 1);
  down.assign(up.rbegin(), up.rend());
  any = up;
  std::shuffle(any.begin(), any.end(), store.random);
  for (const std::int64_t id : up) {
    if (id % 3 == 0 || id % 50 < 2) gaps.push_back(id);
  }
  for (const auto* order : {&up, &down, &any, &gaps}) {
    const ReadTransaction snapshot(store.connection);
    DocumentParts parts(store.connection);
    const MetadataTable metadata(store.connection);
    std::vector<EntityRow> entities;
    std::vector<MetadataRow> pairs;
    for (const std::int64_t id : *order) {
      parts.read_entities(id, entities);
      if (told(entities) != told(entity_rows(store.connection, id))) FAIL("companies of document " << id);
      parts.read_metadata(id, pairs);
      if (pairs != metadata.of(id)) FAIL("metadata of document " << id);
      const std::int64_t story = store.story_of(id);
      if (parts.story_documents(story).value_or(0) != store.documents_of(story)) FAIL("story of document " << id);
    }
  }
}

TEST_CASE("neighbours are read together, others alone") {
  KeyWindow window;
  const auto read = [&](std::int64_t key) {
    const auto range = window.move_to(key);
    return range ? std::to_string(range->from) + "-" + std::to_string(range->to) : std::string();
  };
  CHECK(read(1'000) == "1000-1001");
  CHECK(read(1'000).empty());
  CHECK(read(1'001) == "1001-1005");
  CHECK(read(1'004).empty());
  CHECK(read(1'007) == "1007-1023");
  CHECK(read(1'000'000) == "1000000-1000001");
  CHECK(read(999'999) == "999996-1000000");
  CHECK(read(999'995) == "999980-999996");
  CHECK(read(5) == "5-6");
  for (std::int64_t key = 6; key < 10'000; ++key) {
    const auto range = window.move_to(key);
    if (range && (range->from != key || range->to - key > KeyWindow::kMost)) FAIL(key);
  }
}

TEST_CASE("a list without texts has everything else") {
  DocumentStore store;
  auto row = document("wire", "1", at_minute(0), "A");
  row.body = "Long text";
  row.entities = {entity("acme")};
  store.add(row);
  const DocumentReader reader(store.connection);
  const auto whole = reader.list({}).items.at(0), listed = reader.list({.text = DocumentText::listed}).items.at(0);
  CHECK(whole.row.body == "Long text");
  CHECK_FALSE(whole.row.topics.empty());
  CHECK(listed.row.body.empty());
  CHECK(listed.row.topics.empty());
  CHECK(listed.row.title == "A");
  CHECK(listed.row.entities.at(0).id == "acme");
}

TEST_CASE("a document takes nothing over from the one that was read before it") {
  DocumentStore store;
  auto row = document("wire", "1", at_minute(0), "A");
  row.entities = {entity("acme")};
  row.metadata = {{"form", "8-K"}};
  row.risk = Risk{"fraud", Gravity::grave};
  store.add(row);
  store.add(row = document("wire", "1", at_minute(0), "A, corrected"));
  auto bare = document("wire", "2", at_minute(1), "B");
  bare.probabilities.reset();
  bare.label = Label::unscored;
  store.add(bare);
  const auto items = DocumentReader(store.connection).list({.order = DocumentOrder::oldest}).items;
  REQUIRE(items.size() == 2);
  CHECK(items[0].revised_at);
  CHECK_FALSE(items[1].revised_at);
  CHECK_FALSE(items[1].sentiment);
  CHECK_FALSE(items[1].row.probabilities);
  CHECK_FALSE(items[1].row.risk);
  CHECK(items[1].row.entities.empty());
  CHECK(items[1].row.metadata.empty());
}
