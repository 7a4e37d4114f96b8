// What the model says of risk events, on its way to the tables and to the rules.
#include <algorithm>

#include "daemon/pipeline/labels.hpp"
#include "daemon/pipeline/rescoring/rescorer.hpp"
#include "daemon/pipeline/scoring/scorer.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;

namespace {

/// Says default (serious) of every text and recall (grave) of every company, whatever they say.
std::shared_ptr<const model::ModelPackage> certain_model(std::size_t entity_heads) {
  model::test::TinyModel model({.entity_heads = entity_heads, .events = {"default", "fraud", "recall"}});
  const auto say = [&](const std::string& head, std::size_t event, std::size_t gravity) {
    auto& bias = model.tensors.at(head + ".bias").values;
    std::ranges::fill(model.tensors.at(head + ".weight").values, 0.0F);
    std::ranges::fill(bias, 0.0F);
    bias.at(event) = bias.at(4 + gravity) = 20.0F;
  };
  say("heads.risk", 1, 2);
  if (entity_heads > 0) say("heads.entity_risk", 3, 3);
  return model.load();
}

std::vector<Incoming> news(const std::string& title) {
  ingest::Document document;
  document.title = title;
  document.language = "en";
  std::vector<Incoming> batch(1);
  batch[0].content = std::move(document);
  return batch;
}

const storage::Risk kSeriousDefault{"default", storage::Gravity::serious};
const storage::Risk kGraveRecall{"recall", storage::Gravity::grave};

}  // namespace

TEST_CASE("risk: the event of the document and of each company reach the row and the rules") {
  Scheduler scheduler(certain_model(2));
  Scorer scorer(scheduler, Lane::news, tests::two_companies(), {});
  const Scored record = std::move(scorer.score(news("Halden Bank slides"), EventClock()).at(0));
  CHECK(record.risk == kSeriousDefault);
  CHECK(record.entities.at(0).risk == kGraveRecall);
  const auto row = to_document_row(record);
  CHECK(row.risk == kSeriousDefault);
  CHECK(row.entities.at(0).risk == kGraveRecall);
  storage::Inserted inserted;
  inserted.seq = inserted.row_id = 1;
  const auto seen = to_observation(to_sequence_row(row, inserted), {});
  CHECK(seen.risk.event == "default");
  CHECK(seen.risk.gravity == alerts::Gravity::serious);
  CHECK(seen.entities.at(0).risk.event == "recall");
  CHECK(seen.entities.at(0).risk.gravity == alerts::Gravity::grave);
}

TEST_CASE("risk: without an entity head a company has the document's, without a risk head nobody has one") {
  Scheduler heads(certain_model(0));
  Scorer scorer(heads, Lane::news, tests::two_companies(), {});
  const auto record = std::move(scorer.score(news("Halden Bank slides"), EventClock()).at(0));
  CHECK(record.entities.at(0).risk == kSeriousDefault);
  Scheduler none(model::test::TinyModel({.entity_heads = 2}).load());
  Scorer silent(none, Lane::news, tests::two_companies(), {});
  const auto plain = std::move(silent.score(news("Halden Bank slides"), EventClock()).at(0));
  CHECK_FALSE(plain.risk);
  CHECK_FALSE(plain.entities.at(0).risk);
}

TEST_CASE("risk: history that is scored again has it too") {
  Scheduler scheduler(certain_model(2));
  Rescorer rescorer(Scorer(scheduler, Lane::history, tests::two_companies(), {}));
  storage::DocumentToScore document;
  document.texts.push_back({"Halden Bank slides", ""});
  storage::MentionToScore mention;
  mention.id = "halden";
  mention.name = "Halden Bank";
  mention.end = 11;
  mention.is_named = true;
  document.mentions.push_back(mention);
  const auto rows = rescorer.score({&document, 1}, true);
  CHECK(rows.at(0).now.risk == kSeriousDefault);
  CHECK(rows.at(0).vote.risk == kSeriousDefault);
  CHECK(rows.at(0).entities.at(0).now->risk == kGraveRecall);
  CHECK(rows.at(0).entities.at(0).vote.risk == kGraveRecall);
}
