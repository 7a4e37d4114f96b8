#include "storage/document/dictionary.hpp"
#include "storage/document/time_correction.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/maintain/retention.hpp"
#include "storage/rescored/rescored_view.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "storage/source/catalogue_reader.hpp"
#include "tests/storage/rescored/rescored_support.hpp"
#include "tests/support/catch.hpp"

namespace storage_test {
namespace {

const std::string kOld = "model-1", kNew = "model-2";

/// One stream in two databases: as several versions have scored it, and as the new one would have from the start.
struct TwoHistories {
  DocumentStore mixed, whole;

  void add(const DocumentRow& row, const std::string& model) {
    mixed.add(scored_by(model, row));
    whole.add(scored_by(kNew, row));
  }
  void remove(const DocumentRow& row) {
    for (DocumentStore* store : {&mixed, &whole}) {
      Transaction transaction(store->connection);
      DocumentRemoval(store->connection, {}).apply({row.source, row.id, {}}, row.received_at);
      transaction.commit();
    }
  }
};

std::vector<std::string> lines_of(const std::vector<SentimentSeries>& all) {
  std::vector<std::string> lines;
  for (const auto& series : all) {
    for (const auto& p : series.points) {
      std::string line = series.key.topic.value_or("-") + " " + series.key.entity.value_or("-") + " " +
                         series.key.source.value_or("-");
      for (const std::int64_t n : {static_cast<std::int64_t>(p.bucket), p.documents, p.stories, p.positive, p.neutral,
                                   p.negative, p.negative_stories, p.abstained, p.unscored, p.scored}) {
        line += " " + std::to_string(n);
      }
      lines.push_back(line + " " + std::to_string(p.sum) + " " + std::to_string(p.sum_squares));
    }
  }
  return lines;
}

SentimentQuery some_query(RandomNews& random) {
  SentimentQuery query;
  const bool part_minutes = random.below(4) == 0;
  for (int i = 0; i < 8; ++i) query.edges.push_back(at_minute(i * 1000) + milliseconds(part_minutes ? 7'123 : 0));
  query.by_topic = random.below(2) == 0;
  query.by_source = random.below(2) == 0;
  query.by_entity = random.below(2) == 0;
  query.unit = random.below(2) == 0 ? SentimentQuery::Unit::story : SentimentQuery::Unit::document;
  for (int i = random.below(3); i > 0; --i) query.topics.push_back("topic" + std::to_string(random.below(3)));
  for (int i = random.below(3); i > 0; --i) query.entities.push_back("entity" + std::to_string(random.below(4)));
  return query;
}

void require_no_problems(Connection& connection) {
  const auto report = check_database(connection);
  for (const auto& problem : report.problems) FAIL_CHECK(problem);
  CHECK(report.rollups_compared);
}

std::string told(const std::optional<Risk>& risk) {
  return risk ? " " + risk->event + ":" + std::string(to_string(risk->gravity)) : " -";
}

/// The sequence as text.
std::vector<std::string> sequence(Connection& connection, const ScoreView& view) {
  std::vector<std::string> lines;
  for (const auto& row : SequenceReader(connection, view).after(0, 10'000)) {
    std::string line = std::to_string(row.seq) + " " + row.document_id + " " + std::to_string(to_ms(row.at)) + " " +
                       row.topic + " " + row.model_version + " " + std::string(to_string(row.label)) + " " +
                       std::to_string(row.sentiment.value_or(9)) + " " + std::to_string(row.p_negative) +
                       told(row.risk);
    for (const auto& entity : row.entities) {
      line += " " + entity.id + " " + std::string(to_string(entity.label)) + " " + std::to_string(entity.sentiment) +
              " " + std::to_string(entity.named_at) + told(entity.risk);
    }
    lines.push_back(line);
  }
  return lines;
}

/// What the present texts tell, from the tables or from what stands in their place.
std::vector<std::string> present_risks(Connection& connection, const std::string& documents,
                                       const std::string& mentions) {
  const std::string told = "coalesce(k.id || ':' || x.gravity, '-')";
  auto read = connection.prepare("SELECT x.id || ' ' || " + told + " FROM " + documents +
                                 " x LEFT JOIN risk_event k ON k.key = x.event WHERE x.removed IS NULL UNION ALL "
                                 "SELECT x.document || ' ' || n.id || ' ' || " +
                                 told + " FROM " + mentions +
                                 " x JOIN document d ON d.id = x.document AND d.removed IS NULL JOIN entity n ON n.key "
                                 "= x.entity LEFT JOIN risk_event k ON k.key = x.event ORDER BY 1");
  std::vector<std::string> lines;
  while (read.step()) lines.push_back(read.text(0));
  return lines;
}

/// What the new version shows in the one is what it has written in the other.
void require_same(TwoHistories& histories, RandomNews& random) {
  REQUIRE(sequence(histories.mixed.connection, {kNew, ""}) == sequence(histories.whole.connection, {}));
  const std::int64_t key = find_key(histories.mixed.connection, "model", kNew);
  REQUIRE(present_risks(histories.mixed.connection, documents_under(key), mentions_under(key)) ==
          present_risks(histories.whole.connection, "document", "document_entity"));
  for (int i = 0; i < 60; ++i) {
    auto query = some_query(random);
    const SentimentReader whole(histories.whole.connection), mixed(histories.mixed.connection);
    const auto wanted = lines_of(whole.read(query).series);
    query.model = kNew;
    CAPTURE(i, query.topics, query.entities, query.by_topic, query.by_source, query.by_entity);
    REQUIRE(lines_of(mixed.read(query).series) == wanted);
    REQUIRE(lines_of(mixed.read_raw(query).series) == wanted);
  }
}

SentimentQuery everything(std::optional<std::string> model = std::nullopt) {
  SentimentQuery query;
  query.edges = {at_minute(-10'000), at_minute(20'000)};
  query.by_topic = true;
  query.model = std::move(model);
  return query;
}

}  // namespace

TEST_CASE("rescored history is what the version would have written from the start, whatever comes meanwhile") {
  for (const unsigned seed : {1u, 2u, 3u}) {
    CAPTURE(seed);
    RandomNews random(seed);
    TwoHistories histories;
    std::vector<DocumentRow> rows;
    for (int step = 0; step < 500; ++step) {
      // First the old version scores, then the new one, at times another one again.
      const std::string model = step < 250 ? kOld : random.below(20) == 0 ? "model-3" : kNew;
      if (!rows.empty() && random.below(12) == 0) {
        histories.remove(rows[static_cast<std::size_t>(random.below(static_cast<int>(rows.size())))]);
        continue;
      }
      rows.push_back(random.next());
      histories.add(rows.back(), model);
      if (step > 200 && step % 50 == 0) rescore(histories.mixed.connection, {.model = kNew, .mentions = true}, 40);
    }
    require_no_problems(histories.mixed.connection);
    rescore(histories.mixed.connection, {.model = kNew, .mentions = true});
    require_no_problems(histories.mixed.connection);
    require_same(histories, random);
    CHECK(RescoringReader(histories.mixed.connection, {.model = kNew, .mentions = true}).counts().documents == 0);
  }
}

TEST_CASE("what a query shows without a version, and the old scores, stay") {
  RandomNews random(5);
  DocumentStore store;
  for (int i = 0; i < 200; ++i) store.add(scored_by(i < 150 ? kOld : kNew, random.next()));
  const auto before = dump(store.connection);
  const auto as_it_came = sequence(store.connection, {});
  const SentimentReader reader(store.connection);
  const auto shown = reader.read(everything()), old = reader.read(everything(kOld));
  CHECK(shown.models == std::vector<std::string>{kOld, kNew});
  CHECK(rescore(store.connection, {.model = kNew, .mentions = true}) > 100);
  CHECK(lines_of(reader.read(everything()).series) == lines_of(shown.series));
  CHECK(lines_of(reader.read(everything(kOld)).series) == lines_of(old.series));
  CHECK(reader.read(everything()).models == shown.models);
  CHECK(sequence(store.connection, {}) == as_it_came);
  CHECK(sequence(store.connection, {kNew, kOld}) == as_it_came);
  CHECK(sequence(store.connection, {kNew, ""}) != as_it_came);
  // Every table of before has the rows of before.
  const auto after = dump(store.connection);
  for (const std::string table : {"document", "document_entity", "topic_sums", "entity_sums", "story", "topic"}) {
    const auto part = [&](const std::string& text) {
      const auto begin = text.find("== " + table + "\n");
      return text.substr(begin, text.find("\n== ", begin) - begin);
    };
    CHECK(part(after) == part(before));
  }
}

TEST_CASE("a version that has only scored documents again is shown, with its range") {
  DocumentStore store;
  for (int i = 0; i < 10; ++i) {
    store.add(scored_by(kOld, document("wire", std::to_string(i), at_minute(i), "title" + std::to_string(i))));
  }
  const RescoringQuery query{.model = kNew, .from = at_minute(2), .to = at_minute(7)};
  CHECK(RescoringReader(store.connection, query).counts().documents == 5);
  CHECK(rescore(store.connection, query) == 5);
  const auto shown = SentimentReader(store.connection).read(everything(kNew));
  CHECK(shown.models == std::vector<std::string>{kOld, kNew});
  CHECK(CatalogueReader(store.connection).models() == std::vector<std::string>{kOld, kNew});
  std::int64_t documents = 0;
  for (const auto& series : shown.series) documents += series.points.at(0).documents;
  CHECK(documents == 5);
}

TEST_CASE("a run that ends goes on behind what is stored; companies can follow later") {
  RandomNews random(7);
  DocumentStore store;
  for (int i = 0; i < 120; ++i) store.add(scored_by(kOld, random.next()));
  const auto all = RescoringReader(store.connection, {.model = kNew}).counts().documents;
  CHECK(rescore(store.connection, {.model = kNew}, 20) == 20);
  CHECK(RescoringReader(store.connection, {.model = kNew}).counts().documents == all - 20);
  CHECK(rescore(store.connection, {.model = kNew}) == static_cast<std::size_t>(all) - 20);
  CHECK(rescore(store.connection, {.model = kNew}) == 0);
  SentimentQuery by_entity = everything(kNew);
  by_entity.by_topic = false;
  by_entity.by_entity = true;
  CHECK(SentimentReader(store.connection).read(by_entity).series.empty());
  require_no_problems(store.connection);
  const auto naming = number(store.connection, "SELECT count(DISTINCT document) FROM document_entity");
  CHECK((naming > 0 && naming < all));  // the others have nothing more to ask
  CHECK(rescore(store.connection, {.model = kNew, .mentions = true}) == static_cast<std::size_t>(naming));
  CHECK(SentimentReader(store.connection).read(by_entity).series.size() == 4);
  require_no_problems(store.connection);
}

TEST_CASE("scores without companies do not replace those with, of a run that goes on beside") {
  RandomNews random(9);
  DocumentStore store;
  for (int i = 0; i < 20; ++i) store.add(scored_by(kOld, random.next()));
  const auto read = RescoringReader(store.connection, {.model = kNew}).next(20);
  rescore(store.connection, {.model = kNew, .mentions = true});
  const auto mentions = number(store.connection, "SELECT count(*) FROM rescored_mention");
  REQUIRE(mentions > 0);
  Transaction transaction(store.connection);
  for (const auto& document : read) CHECK(RescoredWriter(store.connection).store(rescored(kNew, document, false)));
  transaction.commit();
  CHECK(number(store.connection, "SELECT count(*) FROM rescored_mention") == mentions);
  CHECK(number(store.connection, "SELECT count(*) FROM rescored WHERE mentions = 0") == 0);
  require_no_problems(store.connection);
}

TEST_CASE("scores of a text that has changed since it was read are not kept") {
  DocumentStore store;
  const auto row = document("wire", "1", at_minute(0), "title1");
  store.add(scored_by(kOld, row));
  const auto read = RescoringReader(store.connection, {.model = kNew}).next(10);
  REQUIRE(read.size() == 1);
  auto revised = row;
  SECTION("revised") {
    revised.title = "title2";
    store.add(scored_by(kOld, revised));
  }
  SECTION("taken back") {
    Transaction transaction(store.connection);
    DocumentRemoval(store.connection, {}).apply({row.source, row.id, {}}, at_minute(1));
    transaction.commit();
  }
  Transaction transaction(store.connection);
  CHECK_FALSE(RescoredWriter(store.connection).store(rescored(kNew, read[0])));
  transaction.commit();
  CHECK(number(store.connection, "SELECT count(*) FROM rescored") == 0);
}

TEST_CASE(
    "a version's scores of a document that it has scored itself since are of no use, and another's revision is scored "
    "again") {
  DocumentStore store;
  const auto row = document("wire", "1", at_minute(0), "title1");
  store.add(scored_by(kOld, row));
  rescore(store.connection, {.model = kNew, .mentions = true});
  auto revised = row;
  revised.title = "title4";
  store.add(scored_by(kOld, revised));
  CHECK(RescoringReader(store.connection, {.model = kNew}).counts().documents == 1);
  require_no_problems(store.connection);
  revised.title = "title5";
  store.add(scored_by(kNew, revised));
  CHECK(RescoringReader(store.connection, {.model = kNew}).counts().documents == 0);
  require_no_problems(store.connection);
}

TEST_CASE("retention folds and drops rescored history with the rest, and its documents' scores go with them") {
  StorageOptions options;
  options.retention = {.documents = hours(48), .minutes = hours(24), .quarters = hours(24 * 30)};
  RandomNews random(9);
  DocumentStore store;
  for (int i = 0; i < 200; ++i) store.add(scored_by(kOld, random.next()));
  rescore(store.connection, {.model = kNew, .mentions = true});
  SentimentQuery query = everything(kNew);
  const auto before = lines_of(SentimentReader(store.connection).read(query).series);
  for (bool more = true; more;) {
    Transaction transaction(store.connection);
    more = Retention(store.connection, options).sweep(at_minute(5 * 1440), 1'000).more;
    transaction.commit();
  }
  CHECK(lines_of(SentimentReader(store.connection).read(query).series) == before);
  CHECK(number(store.connection, "SELECT count(*) FROM rescored WHERE document NOT IN (SELECT id FROM document)") == 0);
  CHECK(number(store.connection,
               "SELECT count(*) FROM rescored_topic WHERE minute % 15 <> 0 AND minute < (SELECT value "
               "FROM mark WHERE name = 'folded_before')") == 0);
  CHECK(check_database(store.connection).problems.empty());
  CHECK(RescoringReader(store.connection, {.model = kNew}).counts().swept > 0);
}

TEST_CASE("a re-anchoring moves rescored history with its documents") {
  DocumentStore store;
  for (int i = 0; i < 6; ++i) {
    auto row = document("wire", std::to_string(i), at_minute(1'000 + i), "title" + std::to_string(i));
    row.published_from = "received";
    row.story_key = "one story";
    store.add(scored_by(kOld, row));
  }
  rescore(store.connection, {.model = kNew, .mentions = true});
  Transaction transaction(store.connection);
  Reanchoring row;
  row.seq = 100;
  row.from = at_minute(1'005);
  row.to = at_minute(5);
  row.since = 0;
  TimeCorrection(store.connection).apply(row);
  transaction.commit();
  require_no_problems(store.connection);
  SentimentQuery query = everything(kNew);
  query.by_topic = false;
  query.edges = {at_minute(0), at_minute(60)};
  CHECK(SentimentReader(store.connection).read(query).series.at(0).points.at(0).documents == 6);
}

}  // namespace storage_test
