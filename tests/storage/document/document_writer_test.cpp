#include "storage/document/document_writer.hpp"

#include "storage/clock.hpp"
#include "storage/document/document_reader.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "storage/source/catalogue_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

struct Fixture : DocumentStore {
  SentimentPoint sum(SentimentQuery query = {}) {
    query.edges = {at_minute(-10'000), at_minute(10'000)};
    const auto series = SentimentReader(connection).read(query).series;
    return series.empty() || series[0].points.empty() ? SentimentPoint{} : series[0].points[0];
  }
  void check_sound() {
    const auto report = check_database(connection);
    for (const auto& problem : report.problems) FAIL_CHECK(problem);
  }
};

}  // namespace

TEST_CASE("a document is its source and its id") {
  Fixture f;
  const auto first = f.add(document("wire", "1", at_minute(0), "Profit falls"));
  CHECK(first.outcome == Outcome::inserted);
  CHECK(first.seq == 1);

  const auto again = f.add(document("wire", "1", at_minute(5), "Profit falls"));
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.row_id == first.row_id);
  CHECK(again.seq == first.seq);

  const auto other_source = f.add(document("herald", "1", at_minute(6), "Profit falls"));
  CHECK(other_source.outcome == Outcome::inserted);
  CHECK(other_source.row_id != first.row_id);
  CHECK(other_source.story_id == first.story_id);

  CHECK(f.sum().documents == 2);
  CHECK(f.sum().stories == 1);
  CHECK(f.sum().negative == 2);
  CHECK(f.sum().negative_stories == 1);
  f.check_sound();
}

TEST_CASE("a repeat changes nothing, not even the sequence") {
  Fixture f;
  f.add(document("wire", "1", at_minute(0), "Profit falls"));
  const auto before = dump(f.connection);
  auto repeat = document("wire", "1", at_minute(90), "Profit falls", {"mergers", "positive", 0.9f, 0.05f, 0.05f});
  repeat.model_version = "test-2";
  repeat.entities = {entity("acme")};
  repeat.entities[0].end = 4;  // found in the text by another watch list, not named by the source
  CHECK(f.add(repeat).outcome == Outcome::repeated);
  CHECK(dump(f.connection) == before);
}

TEST_CASE("a document told once for each company has them all, and counts once") {
  Fixture f;
  auto row = document("wire", "1", at_minute(0), "Profit falls");
  row.entities = {entity("acme", "negative", -0.5)};
  row.metadata = {{"relevance", "90"}};
  const auto first = f.add(row);
  row.entities = {entity("bolt", "negative", -0.25)};
  row.metadata = {{"relevance", "70"}};
  const auto second = f.add(row);
  CHECK(second.outcome == Outcome::revised);
  CHECK(second.row_id == first.row_id);
  const auto found = DocumentReader(f.connection).get(std::to_string(first.row_id));
  REQUIRE(found->row.entities.size() == 2);
  CHECK(found->row.entities[0].id == "acme");
  CHECK(found->row.entities[0].sentiment == -0.5);
  CHECK(found->row.entities[1].id == "bolt");
  CHECK(found->row.metadata == std::vector<MetadataRow>{{"relevance", "70"}, {"relevance", "90"}});
  CHECK(f.sum().documents == 1);
  CHECK(f.sum({.entities = {"bolt"}}).negative_stories == 1);
  f.check_sound();

  const auto before = dump(f.connection);
  CHECK(f.add(row).outcome == Outcome::repeated);
  CHECK(dump(f.connection) == before);
  row.entities = {entity("cargo")};
  row.source_revision = 0;
  CHECK(f.add(row).outcome == Outcome::revised);
  f.add([&] {
    auto newer = row;
    newer.source_revision = 2;
    newer.entities.clear();
    return newer;
  }());
  row.source_revision = 1;  // older: what it names is not known to be so any more
  row.entities = {entity("delta")};
  CHECK(f.add(row).outcome == Outcome::repeated);
}

TEST_CASE("a changed text is a revision: rescored, counted once, votes kept") {
  Fixture f;
  auto row = document("wire", "1", at_minute(0), "Profit falls");
  row.entities = {entity("acme"), entity("bolt")};
  const auto first = f.add(row);

  auto changed =
      document("wire", "1", at_minute(30), "Profit rises after all", {"mergers", "positive", 0.8f, 0.1f, 0.1f});
  changed.entities = {entity("acme", "positive", 0.7), entity("cobalt", "positive", 0.7)};
  const auto revised = f.add(changed);
  CHECK(revised.outcome == Outcome::revised);
  CHECK(revised.row_id == first.row_id);
  CHECK(revised.story_id == first.story_id);
  CHECK(revised.seq == first.seq + 1);

  const auto sum = f.sum();
  CHECK(sum.documents == 1);
  CHECK(sum.positive == 1);
  CHECK(sum.negative == 0);
  CHECK(sum.stories == 1);
  CHECK(sum.negative_stories == 1);  // the vote was cast on arrival

  const auto topic = [&](const std::string& id) { return f.sum({.topics = {id}, .by_topic = true}); };
  CHECK(topic("earnings").documents == 0);
  CHECK(topic("earnings").stories == 1);
  CHECK(topic("mergers").documents == 1);
  CHECK(topic("mergers").stories == 0);
  const auto about = [&](const std::string& id) { return f.sum({.entities = {id}, .by_entity = true}); };
  CHECK(about("acme").positive == 1);
  CHECK(about("acme").negative_stories == 1);
  CHECK(about("bolt").documents == 0);
  CHECK(about("bolt").stories == 1);
  CHECK(about("cobalt").documents == 1);
  CHECK(about("cobalt").stories == 1);  // the story's vote in a series that it was not in before

  const DocumentReader reader(f.connection);
  const auto stored = reader.get(std::to_string(first.row_id));
  REQUIRE(stored);
  CHECK(stored->revision == 2);
  CHECK(stored->row.title == "Profit rises after all");
  CHECK(stored->row.label == Label::positive);
  CHECK(*stored->sentiment == Approx(0.7));
  CHECK(stored->at == at_minute(0));  // the same bucket
  CHECK(stored->row.entities.size() == 2);
  const auto history = reader.revisions(stored->public_id);
  REQUIRE(history.size() == 1);
  CHECK(history[0].title == "Profit falls");
  CHECK(history[0].label == Label::negative);
  CHECK(history[0].revision == 1);

  // Back to the first text: a third revision, an entity that returns.
  auto back = row;
  back.received_at = at_minute(40);
  CHECK(f.add(back).outcome == Outcome::revised);
  CHECK(about("bolt").documents == 1);
  CHECK(about("bolt").stories == 1);
  CHECK(about("cobalt").documents == 0);
  f.check_sound();

  const auto catalogue = CatalogueReader(f.connection);
  CHECK(catalogue.sources().at(0).documents == 1);
  CHECK(catalogue.topics().at(0).id == "earnings");
  CHECK(catalogue.topics().at(0).documents == 1);
  CHECK(catalogue.topics().at(1).documents == 0);
}

TEST_CASE("full text follows revisions") {
  Fixture f;
  const auto search = [&](const std::string& q) {
    DocumentQuery query;
    query.q = q;
    return DocumentReader(f.connection).list(query).items.size();
  };
  f.add(document("wire", "1", at_minute(0), "Profit falls"));
  f.add(document("wire", "1", at_minute(1), "Dividend rises"));
  CHECK(search("profit") == 0);
  CHECK(search("dividend") == 1);
}

TEST_CASE("an older revision by the source's own number is a repeat") {
  Fixture f;
  auto row = document("wire", "1", at_minute(0), "Third");
  row.source_revision = 3;
  f.add(row);
  auto older = document("wire", "1", at_minute(1), "Second");
  older.source_revision = 2;
  CHECK(f.add(older).outcome == Outcome::repeated);
  auto newer = document("wire", "1", at_minute(2), "Fourth");
  newer.source_revision = 4;
  CHECK(f.add(newer).outcome == Outcome::revised);
}

TEST_CASE("a change without a number is accepted and keeps the number; a higher number is always accepted") {
  Fixture f;
  const auto numbered = [](std::optional<std::int64_t> number, const std::string& title, int minute) {
    auto row = document("wire", "1", at_minute(minute), title);
    row.source_revision = number;
    return row;
  };
  const auto id = std::to_string(f.add(numbered(5, "Fifth", 0)).row_id);
  CHECK(f.add(numbered(std::nullopt, "Corrected", 1)).outcome == Outcome::revised);
  CHECK(DocumentReader(f.connection).get(id)->row.source_revision == 5);
  CHECK(f.add(numbered(4, "Fourth", 2)).outcome == Outcome::repeated);  // lower than any it had
  CHECK(f.add(numbered(0, "Zeroth", 2)).outcome == Outcome::repeated);
  CHECK(f.add(numbered(5, "Corrected", 3)).outcome == Outcome::repeated);
  auto language = numbered(6, "Corrected", 4);
  language.language = "de";
  CHECK(f.add(language).outcome == Outcome::revised);
  CHECK(DocumentReader(f.connection).get(id)->row.language == "de");
  CHECK(f.add(language).outcome == Outcome::repeated);
  CHECK(DocumentReader(f.connection).get(id)->row.source_revision == 6);
  f.check_sound();
}

TEST_CASE("event time is the largest min(published, received) or tick; lateness follows it") {
  Fixture f;
  auto future = document("wire", "1", at_minute(100), "A");
  future.received_at = at_minute(60);
  CHECK(f.add(future).event_time == at_minute(60));
  CHECK(f.add(document("wire", "2", at_minute(10), "B")).event_time == at_minute(60));
  {
    Transaction transaction(f.connection);
    const auto tick = Clock(f.connection).record_tick(at_minute(200));
    CHECK(tick.event_time == at_minute(200));
    CHECK(tick.seq == 3);
    transaction.commit();
  }
  const auto on_time = f.add(document("wire", "3", at_minute(80), "C"));  // exactly T − 2 h
  CHECK_FALSE(on_time.late);
  const auto late = f.add(document("wire", "4", at_minute(80) - milliseconds(1), "D"));
  CHECK(late.late);
  CHECK(late.event_time == at_minute(200));
  CHECK(*Clock(f.connection).event_time() == at_minute(200));
  CHECK(DocumentReader(f.connection).get(std::to_string(late.row_id))->late);
}

TEST_CASE("neither abstained nor unscored is neutral, and neither is in a mean") {
  Fixture f;
  f.add(document("wire", "1", at_minute(0), "A", {"earnings", "negative", 0.1f, 0.1f, 0.8f}));
  f.add(document("wire", "2", at_minute(0), "B", {"earnings", "abstained", 0.4f, 0.3f, 0.3f}));
  f.add(document("wire", "3", at_minute(0), "C", {"", "unscored"}));
  SentimentQuery query;
  query.unit = SentimentQuery::Unit::document;
  const auto sum = f.sum(query);
  CHECK(sum.documents == 3);
  CHECK(sum.stories == 3);
  CHECK(sum.neutral == 0);
  CHECK(sum.abstained == 1);
  CHECK(sum.unscored == 1);
  CHECK(sum.scored == 1);
  CHECK(*sum.mean == Approx(-0.7));
  CHECK_FALSE(sum.standard_error);
  query.by_topic = true;
  query.topics = {""};
  CHECK(f.sum(query).unscored == 1);
  CHECK_FALSE(f.sum(query).mean);
  CHECK(CatalogueReader(f.connection).topics().size() == 1);
  CHECK(DocumentReader(f.connection).get("3")->sentiment == std::nullopt);
  f.check_sound();
}

TEST_CASE("a row that is not valid is refused before anything is written") {
  Fixture f;
  const auto before = dump(f.connection);
  Transaction transaction(f.connection);
  auto row = document("wire", "1", at_minute(0), "A");
  row.probabilities.reset();
  CHECK_THROWS_AS(f.writer.insert(row, at_minute(0)), std::invalid_argument);
  row.probabilities = {0.1f, 0.2f, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS_AS(f.writer.insert(row, at_minute(0)), std::invalid_argument);
}

TEST_CASE("a document counts under the version that scored it, its story's vote under the one that it was given with") {
  Fixture f;
  const auto counts = [&](const std::string& table, const std::string& model) {
    return number(f.connection, "SELECT coalesce(sum(documents * 100 + stories_all * 10 + negative), 0) FROM " + table +
                                    " r JOIN model m ON m.key = r.model WHERE m.id = '" + model + "'");
  };
  auto row = document("wire", "1", at_minute(0), "Profit falls");
  row.entities = {entity("acme")};
  f.add(row);
  CHECK(counts("rollup_topic", "test-1") == 111);
  CHECK(counts("rollup_entity", "test-1") == 111);
  row.title = "Profit rises";
  row.model_version = "test-2";
  row.label = Label::positive;
  row.entities.push_back(entity("bolt"));
  f.add(row);
  CHECK(counts("rollup_topic", "test-1") == 10);
  CHECK(counts("rollup_topic", "test-2") == 100);
  CHECK(counts("rollup_entity", "test-1") == 10);
  CHECK(counts("rollup_entity", "test-2") == 212);  // bolt came with this version, and voted with it
  row.title = "Profit stays";
  row.model_version = "test-3";
  f.add(row);
  CHECK(counts("rollup_topic", "test-1") == 10);
  CHECK(counts("rollup_topic", "test-2") == 0);
  CHECK(counts("rollup_entity", "test-2") == 10);
  CHECK(counts("rollup_entity", "test-3") == 202);
  f.check_sound();
}
