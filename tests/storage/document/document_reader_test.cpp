#include "storage/document/document_reader.hpp"

#include <random>
#include <set>

#include "storage/document/document_removal.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

struct Fixture {
  TempFolder folder;
  Connection connection = open_new(folder.file());
  DocumentWriter writer{connection, {}};
  Connection reading = Connection::open_reader(folder.file());
  DocumentReader reader{reading};

  Inserted add(const DocumentRow& row) { return store(connection, writer, row); }
  std::vector<std::string> titles(const DocumentQuery& query) {
    std::vector<std::string> list;
    for (const auto& item : reader.list(query).items) list.push_back(item.row.title);
    return list;
  }
};

using Titles = std::vector<std::string>;

}  // namespace

TEST_CASE("a stored document comes back complete") {
  Fixture f;
  DocumentRow row = document("wire", "a/1 ü", at_minute(3), "Umsatz fällt");
  row.body = "Long text";
  row.received_at = at_minute(4);
  row.scored_at = at_minute(5);
  row.published_clamped = true;
  row.published_from = "record";
  row.truncated = true;
  row.source_revision = 9;
  row.entities = {entity("acme"), entity("acme"), entity("bolt", "unscored")};
  row.entities[0].start = 3;
  row.entities[0].end = 8;
  const auto inserted = f.add(row);
  const auto found = f.reader.get(std::to_string(inserted.row_id));
  REQUIRE(found);
  CHECK(found->row.source == row.source);
  CHECK(found->row.id == row.id);
  CHECK(found->row.title == row.title);
  CHECK(found->row.body == row.body);
  CHECK(found->row.url == row.url);
  CHECK(found->row.language == "en");
  CHECK(found->row.published_at == row.published_at);
  CHECK(found->row.received_at == row.received_at);
  CHECK(found->row.scored_at == row.scored_at);
  CHECK(found->row.published_clamped);
  CHECK(found->row.published_from == "record");
  CHECK(found->row.topic == row.topic);
  REQUIRE(found->row.topics.size() == row.topics.size());
  for (std::size_t i = 0; i < row.topics.size(); ++i) CHECK(found->row.topics[i] == Approx(row.topics[i]).margin(1e-5));
  CHECK(found->row.probabilities == row.probabilities);
  CHECK(found->row.label == row.label);
  CHECK(found->row.model_version == row.model_version);
  CHECK(found->row.truncated);
  CHECK(found->row.source_revision == 9);
  REQUIRE(found->row.entities.size() == 2);
  CHECK(found->row.entities[0].id == "bolt");  // by place in the text
  CHECK(found->row.entities[1].name == "The acme");
  CHECK(found->row.entities[1].start == 3);
  CHECK(found->row.entities[1].sentiment == Approx(-0.6));
  CHECK(found->story_id == inserted.story_id);
  CHECK(found->story_documents == 1);
  CHECK(f.reader.find("wire", "a/1 ü")->public_id == found->public_id);
}

TEST_CASE("a public id is a plain decimal number and nothing else") {
  Fixture f;
  f.add(document("wire", "1", at_minute(0), "A"));
  CHECK(f.reader.get("1"));
  for (const std::string bad : {"", "0", "01", "+1", "-1", " 1", "1 ", "1x", "2", "99999999999999999999", "1;drop"}) {
    CAPTURE(bad);
    CHECK_FALSE(f.reader.get(bad));
  }
}

TEST_CASE("filters") {
  Fixture f;
  auto a = document("wire", "1", at_minute(0), "A", {"earnings", "negative", 0.1f, 0.1f, 0.8f});
  a.entities = {entity("acme")};
  auto b = document("herald", "2", at_minute(1), "B", {"mergers", "positive", 0.8f, 0.1f, 0.1f});
  b.entities = {entity("acme"), entity("bolt")};
  f.add(a);
  f.add(b);
  f.add(document("herald", "3", at_minute(2), "C", {"", "unscored"}));
  CHECK(f.titles({}) == Titles{"C", "B", "A"});
  CHECK(f.titles({.topics = {"earnings"}}) == Titles{"A"});
  CHECK(f.titles({.topics = {"earnings", "mergers"}}) == Titles{"B", "A"});
  CHECK(f.titles({.topics = {"unknown"}}).empty());
  CHECK(f.titles({.entities = {"bolt"}}) == Titles{"B"});
  CHECK(f.titles({.entities = {"acme", "bolt"}}) == Titles{"B", "A"});
  CHECK(f.titles({.entities = {"acme"}, .entity_labels = {Label::negative}}) == Titles{"B", "A"});  // B is positive
  CHECK(f.titles({.entities = {"acme"}, .entity_labels = {Label::positive}}).empty());
  CHECK(f.titles({.sources = {"herald"}}) == Titles{"C", "B"});
  CHECK(f.titles({.sources = {"herald"}, .source_ids = {"3", "1"}}) == Titles{"C"});
  CHECK(f.titles({.source_ids = {"3", "1"}}) == Titles{"C", "A"});
  CHECK(f.titles({.source_ids = {"4"}}).empty());
  CHECK(f.titles({.labels = {Label::unscored, Label::negative}}) == Titles{"C", "A"});
  CHECK(f.titles({.min_sentiment = 0.7}) == Titles{"B"});
  CHECK(f.titles({.max_sentiment = -0.7}) == Titles{"A"});
  CHECK(f.titles({.from = at_minute(1), .to = at_minute(2)}) == Titles{"B"});
  CHECK(f.titles({.order = DocumentOrder::oldest}) == Titles{"A", "B", "C"});
  CHECK(f.titles({.order = DocumentOrder::most_negative}) == Titles{"A", "B"});
  CHECK(f.titles({.order = DocumentOrder::most_positive}) == Titles{"B", "A"});
  CHECK(f.titles({.story_id = f.reader.get("2")->story_id}) == Titles{"B"});
  CHECK_FALSE(find_label("bullish"));
}

TEST_CASE("full text finds words, phrases, prefixes and alternatives") {
  Fixture f;
  int next = 0;
  for (const char* title : {"Acme's profit falls 12% in Q3", "AND OR NOT NEAR are words here",
                            "Zürich bank raises 3.5 billion; Café closes", "profit warning at Bolt"}) {
    ++next;
    f.add(document("wire", std::to_string(next), at_minute(next), title));
  }
  const auto search = [&](const std::string& q) { return f.titles({.q = q, .order = DocumentOrder::oldest}).size(); };
  CHECK(search("profit") == 2);
  CHECK(search("profit falls") == 1);
  CHECK(search("\"profit warning\"") == 1);
  CHECK(search("\"warning profit\"") == 0);
  CHECK(search("zurich CAFE") == 1);
  CHECK(search("Acme's") == 1);
  CHECK(search("12%") == 1);
  CHECK(search("AND NOT near") == 1);
  CHECK(search("profit OR words") == 3);
  CHECK(search("warn*") == 1);
  CHECK(search("profit -warning") == 1);
  CHECK(search("-profit") == 2);
  CHECK(search("***") == 0);
  CHECK_THROWS_AS(search("\"profit"), std::invalid_argument);
}

TEST_CASE("paging neither repeats nor skips what was there, whatever arrives between pages") {
  for (const auto order :
       {DocumentOrder::newest, DocumentOrder::oldest, DocumentOrder::most_negative, DocumentOrder::most_positive}) {
    Fixture f;
    std::mt19937 random(static_cast<unsigned>(order) + 1);
    int next = 0;
    const auto add = [&] {
      const float negative = static_cast<float>(random() % 8) / 10.0f;  // many ties
      const auto at = at_minute(static_cast<std::int64_t>(random() % 20));
      f.add(document("wire", std::to_string(next), at, "T" + std::to_string(next),
                     {"earnings", "negative", 0.1f, 0.9f - negative, negative}));
      ++next;
    };
    for (int i = 0; i < 57; ++i) add();
    std::set<std::string> wanted;
    for (const auto& item : f.reader.list({.order = order, .limit = 1000}).items) wanted.insert(item.public_id);
    REQUIRE(wanted.size() == 57);

    std::vector<std::string> seen;
    DocumentQuery query{.order = order, .limit = 5};
    for (;;) {
      const auto page = f.reader.list(query);
      CHECK(page.items.size() <= 5);
      for (const auto& item : page.items) seen.push_back(item.public_id);
      for (int i = 0; i < 3; ++i) add();
      if (!page.next_cursor) break;
      query.cursor = *page.next_cursor;
      if (seen.size() > 500) break;
    }
    const std::set<std::string> distinct(seen.begin(), seen.end());
    CHECK(distinct.size() == seen.size());
    CHECK(std::includes(distinct.begin(), distinct.end(), wanted.begin(), wanted.end()));
  }
}

TEST_CASE("after_seq gives arrivals and revisions in the order of their commits") {
  Fixture f;
  for (int i = 1; i <= 5; ++i) f.add(document("wire", std::to_string(i), at_minute(-i), "T" + std::to_string(i)));
  f.add(document("wire", "2", at_minute(9), "T2 changed"));
  f.add(document("wire", "6", at_minute(3), "T6"));
  f.add(document("wire", "1", at_minute(10), "T1 changed", {"mergers", "positive", 0.9f, 0.1f, 0.0f}));
  CHECK(f.titles({.after_seq = 0}) == Titles{"T3", "T4", "T5", "T2 changed", "T6", "T1 changed"});
  CHECK(f.titles({.after_seq = 5}) == Titles{"T2 changed", "T6", "T1 changed"});
  CHECK(f.titles({.after_seq = 8}).empty());
  CHECK(f.titles({.topics = {"mergers"}, .after_seq = 0}) == Titles{"T1 changed"});
  DocumentQuery query{.after_seq = 0, .limit = 2};
  Titles paged;
  for (;;) {
    const auto page = f.reader.list(query);
    CHECK(page.seq == 8);
    for (const auto& item : page.items) paged.push_back(item.row.title);
    if (!page.next_cursor) break;
    query.cursor = *page.next_cursor;
  }
  CHECK(paged == Titles{"T3", "T4", "T5", "T2 changed", "T6", "T1 changed"});
}

TEST_CASE("novelty: the place among a story's reports, with when and by whom it was first told") {
  Fixture f;
  f.add(document("wire", "1", at_minute(0), "Furnace stops"));
  f.add(document("herald", "2", at_minute(5), "Furnace stops"));
  f.add(document("herald", "3", at_minute(6), "Another story"));
  f.add(document("tribune", "4", at_minute(9), "Furnace stops"));
  const auto novelty = [&](const std::string& id) { return f.reader.get(id)->novelty.value(); };
  CHECK(novelty("1").report == 1);
  CHECK(novelty("2").report == 2);
  CHECK(novelty("3").report == 1);
  CHECK(novelty("3").first_source == "herald");
  CHECK(novelty("4").report == 3);
  CHECK(novelty("4").first_at == at_minute(0));
  CHECK(novelty("4").first_source == "wire");
  {
    DocumentRemoval removals(f.connection, {});
    Transaction transaction(f.connection);
    removals.apply({.source = "wire", .id = "1"}, at_minute(10));
    transaction.commit();
  }
  CHECK(novelty("4").report == 3);  // a report that was taken back was one
  CHECK(novelty("4").first_source == "wire");
  CHECK_FALSE(f.reader.get("1")->novelty);
  f.connection.prepare("UPDATE story SET pruned = 1").run();
  CHECK_FALSE(novelty("4").report);
  CHECK(novelty("4").first_at == at_minute(0));
  CHECK_FALSE(novelty("4").first_source);
}

TEST_CASE("behind each number that counts stories there are exactly as many documents") {
  Fixture f;
  std::mt19937 random(17);
  const auto any = [&](std::size_t of) { return static_cast<std::size_t>(random() % of); };
  const Titles topics = {"earnings", "rates"}, sources = {"wire", "herald", "tribune"}, companies = {"halden", "ostra"},
               labels = {"negative", "neutral", "positive", "abstained", "unscored"};
  for (int i = 0; i < 400; ++i) {
    // Of a quarter as many ids, so that many are revisions.
    auto row = document(sources[any(3)], std::to_string(any(100)), at_minute(i), "story " + std::to_string(any(25)),
                        {topics[any(2)], labels[any(5)]});
    for (const auto& company : companies) {
      if (any(2) == 0) row.entities.push_back(entity(company, labels[any(5)]));
    }
    f.add(row);
  }
  DocumentRemoval removals(f.connection, {});
  for (int i = 0; i < 60; ++i) {
    Transaction transaction(f.connection);
    removals.apply({.source = sources[any(3)], .id = std::to_string(any(100))}, at_minute(500));
    transaction.commit();
  }
  std::int64_t counted = 0;
  const std::vector<Titles> of_topics = {{}, {"earnings"}, {"earnings", "rates"}},
                            of_sources = {{}, {"herald"}, {"wire", "herald"}}, of_companies = {{}, {"halden"}};
  for (const auto& topic : of_topics) {
    for (const auto& source : of_sources) {
      for (const auto& company : of_companies) {
        SentimentQuery series{
            .edges = {at_minute(60), at_minute(300)}, .topics = topic, .entities = company, .sources = source};
        const auto result = SentimentReader(f.reading).read(series);
        const SentimentPoint point = result.series.at(0).points.at(0);
        const auto listed = [&](StoryNumber number) {
          DocumentQuery query{.from = at_minute(60),
                              .to = at_minute(300),
                              .topics = topic,
                              .entities = company,
                              .sources = source,
                              .behind = number,
                              .limit = 1000};
          return static_cast<std::int64_t>(f.reader.list(query).items.size());
        };
        CAPTURE(topic, source, company);
        CHECK(listed(StoryNumber::stories) == point.stories);
        CHECK(listed(StoryNumber::scored) == point.scored);
        CHECK(listed(StoryNumber::negative_stories) == point.negative_stories);
        counted += point.stories;
      }
    }
  }
  CHECK(counted > 100);
}

TEST_CASE("a cursor belongs to its query") {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.add(document("wire", std::to_string(i), at_minute(i), "T"));
  const auto page = f.reader.list({.limit = 1});
  REQUIRE(page.next_cursor);
  CHECK_THROWS_AS(f.reader.list({.sources = {"wire"}, .limit = 1, .cursor = *page.next_cursor}), std::invalid_argument);
  CHECK_THROWS_AS(f.reader.list({.cursor = "rubbish"}), std::invalid_argument);
  // The limit and a sliding time range may change from page to page.
  CHECK(f.reader.list({.from = at_minute(-5), .limit = 9, .cursor = *page.next_cursor}).items.size() == 2);
}
