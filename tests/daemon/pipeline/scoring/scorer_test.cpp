// A scored record is self-contained: storing it needs neither finder nor model.
#include "daemon/pipeline/scoring/scorer.hpp"

#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;

namespace {

std::vector<Incoming> one(const std::string& title, const std::string& language = "en") {
  ingest::Document document;
  document.source = "wire";
  document.title = title;
  document.language = language;
  std::vector<Incoming> batch(1);
  batch[0].content = std::move(document);
  return batch;
}

std::shared_ptr<const model::ModelPackage> tiny_model() { return model::test::TinyModel().load(); }

}  // namespace

TEST_CASE("scorer: the record outlives the watch list and the model that made it") {
  Scored record;
  std::string version;
  {
    const auto package = tiny_model();
    version = package->version();
    Scheduler scheduler(package);
    Scorer scorer(scheduler, Lane::news, tests::two_companies(), {.abstain_below = 0});
    record = std::move(
        scorer.score(one("Ostrava Steel gains, Halden Bank slides, Ostrava Steel rests"), EventClock()).at(0));
  }
  CHECK(record.model_version == version);
  REQUIRE(record.prediction);
  CHECK(record.prediction->entities.empty());
  REQUIRE(record.entities.size() == 2);
  CHECK(record.entities[0].id == "ostrava");
  CHECK(record.entities[0].name == "Ostrava Steel");
  CHECK(record.entities[0].start == 0);
  CHECK(record.entities[0].end == 13);
  CHECK(record.entities[1].id == "halden");
  CHECK(record.entities[1].tags == std::vector<std::string>{"own"});
  const auto row = to_document_row(record);
  CHECK(row.label == to_label(record.prediction->label()));
  CHECK(row.entities[1].name == "Halden Bank");
  CHECK(row.model_version == version);
}

TEST_CASE("scorer: below the limit the document and each entity abstain") {
  Scheduler scheduler(tiny_model());
  Scorer scorer(scheduler, Lane::news, tests::two_companies(), {.abstain_below = 1.0});
  const auto records = scorer.score(one("Halden Bank slides"), EventClock());
  REQUIRE(records.at(0).prediction);
  CHECK(records[0].label == storage::Label::abstained);
  CHECK(records[0].entities.at(0).label == storage::Label::abstained);
}

TEST_CASE("scorer: a document refused by the language gate is unscored but still names its entities") {
  Scheduler scheduler(tiny_model());
  Scorer scorer(scheduler, Lane::news, tests::two_companies(), {});
  const auto records = scorer.score(one("Halden Bank steigt", "de"), EventClock());
  CHECK_FALSE(records.at(0).prediction);
  CHECK(records[0].label == storage::Label::unscored);
  CHECK(records[0].unscored_reason == "language:de");
  CHECK(records[0].topic.empty());
  REQUIRE(records[0].entities.size() == 1);
  CHECK(records[0].entities[0].id == "halden");
  CHECK(records[0].entities[0].label == storage::Label::unscored);
}

TEST_CASE("scorer: news and requests share the scores of texts that come again") {
  ScorerFactory scorers(tiny_model(), {.cache_bytes = 1 << 20}, {}, [] { return tests::two_companies(); });
  const auto score = [&](Lane lane) { return scorers.make(lane).score(one("Halden Bank slides"), EventClock()).at(0); };
  const auto first = score(Lane::news);
  CHECK(scorers.cache().take_counts().misses == 1);
  const auto again = score(Lane::requests);
  CHECK(scorers.cache().take_counts().hits == 1);
  REQUIRE(again.prediction);
  CHECK(again.prediction->sentiment == first.prediction->sentiment);
  CHECK(again.prediction->topics == first.prediction->topics);
}

TEST_CASE("scorer: a request does not make the names of the model again") {
  ScorerFactory scorers(tiny_model(), {}, {}, [] { return tests::two_companies(); });
  const Scorer news = scorers.make(Lane::news), request = scorers.make(Lane::requests);
  CHECK(&news.names() == &scorers.names());
  CHECK(&request.names() == &scorers.names());
  CHECK(scorers.names().version == tiny_model()->version());
  CHECK(scorers.names().topics.size() == tiny_model()->topics().size());
}

TEST_CASE("scorer: a stored text is scored as it was when it came, for the companies that it is known to name") {
  Scheduler scheduler(model::test::TinyModel({.entity_heads = 2}).load());
  Scorer scorer(scheduler, Lane::history, tests::two_companies(), {});
  auto came = scorer.score(one("Ostrava Steel gains, Halden Bank slides, Ostrava Steel rests"), EventClock());
  const auto stored = [&] {
    StoredText text{std::get<ingest::Document>(came.at(0).incoming.content), {}};
    for (const auto& entity : came[0].entities) text.entities.push_back({entity.id, "", {}, entity.start, entity.end});
    return std::vector<StoredText>{text};
  };
  const auto check_same = [&](const std::vector<Scored>& again) {
    REQUIRE(again.at(0).prediction);
    CHECK(again[0].prediction->sentiment == came[0].prediction->sentiment);
    CHECK(again[0].topic == came[0].topic);
    REQUIRE(again[0].entities.size() == 2);
    REQUIRE(again[0].entities[1].towards);
    CHECK(again[0].entities[1].towards->probabilities == came[0].entities[1].towards->probabilities);
  };
  const auto again = scorer.score_again(stored(), EventClock());
  check_same(again);
  CHECK(again[0].entities[0].towards->probabilities == came[0].entities[0].towards->probabilities);

  // Of companies that are not watched any more the stored place tells; a company that is watched now is not added.
  scorer.watch(std::make_shared<const ingest::EntityFinder>(
      std::vector<ingest::WatchedEntity>{{"gain", "gains", {}, "", "", "", "", {}}}));
  check_same(scorer.score_again(stored(), EventClock()));
}
