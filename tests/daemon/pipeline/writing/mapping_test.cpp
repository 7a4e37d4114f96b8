#include "daemon/pipeline/writing/mapping.hpp"

#include <fmt/format.h>

#include "storage/connection/transaction.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

namespace tapewatch {
namespace {

using storage::Label;

/// All that the detector sees of a row.
std::string seen(const storage::SequenceRow& row) {
  const auto o = to_observation(row, {{"halden", {"own"}}});
  std::string text =
      fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", o.seq, o.at.time_since_epoch().count(), o.late,
                  o.tick, o.topic, o.source, int(o.label), o.story_id, o.turned, o.sentiment, o.p_negative, o.title,
                  o.url, o.document_id, o.model_version);
  for (const auto& entity : o.entities) {
    text += fmt::format("{} {} {} {} {}\n", entity.id, entity.name, int(entity.label), entity.sentiment,
                        fmt::join(entity.tags, ","));
  }
  return text + fmt::format("{}", fmt::join(o.tags, ","));
}

Scored about_two() {
  auto record = tests::scored_record(0, TimePoint{}, "Halden Bank slides as Ostrava Steel gains", 0.9);
  record.entities = {
      {"halden", "Halden Bank", {"own"}, 0, 11, Label::negative, model::SentimentScore{{0.1F, 0.2F, 0.7F}}},
      {"ostrava", "Ostrava Steel", {}, 22, 35, Label::abstained, model::SentimentScore{{0.5F, 0.4F, 0.1F}}}};
  return record;
}

alerts::Observation seen_live(const storage::DocumentRow& row, const Scored& record) {
  return to_observation(to_sequence_row(row, {}), tags_by_entity(record.entities));
}

TEST_CASE("the detector sees a row live as it is read again from the store") {
  auto record = about_two();
  auto& document = std::get<ingest::Document>(record.incoming.content);
  document.published_at = TimePoint(std::chrono::hours(500'000));
  document.received_at = document.published_at + std::chrono::minutes(3);
  document.url = "https://example.com/halden";
  record.story_key = "halden-slides";
  const auto row = to_document_row(record);

  storage_test::TempFolder folder;
  auto database = storage::Connection::open_writer(folder.file());
  storage::Transaction transaction(database);
  const auto inserted = storage::DocumentWriter(database, {}).insert(row, document.received_at);
  transaction.commit();
  const auto told = storage::SequenceReader(database).after(0, 10);
  REQUIRE(told.size() == 1);

  const auto live = seen(to_sequence_row(row, inserted)), again = seen(told[0]);
  CHECK(live == again);
  CHECK(live.find("https://example.com/halden") != std::string::npos);
  CHECK(live.find("-0.6") != std::string::npos);
}

TEST_CASE("entities carry the label towards them, the document its own") {
  const auto record = about_two();
  const auto row = to_document_row(record);
  CHECK(row.label == Label::negative);
  CHECK(row.topic == "earnings");
  CHECK(row.model_version == tests::kModel);
  REQUIRE(row.entities.size() == 2);
  CHECK(row.entities[0].id == "halden");
  CHECK(row.entities[0].name == "Halden Bank");
  CHECK(row.entities[0].label == Label::negative);
  CHECK(row.entities[0].sentiment == Approx(-0.6));
  CHECK(row.entities[0].method == "attention");
  REQUIRE(row.entities[0].probabilities);
  CHECK((*row.entities[0].probabilities)[2] == 0.7F);
  CHECK(row.entities[1].label == Label::abstained);
  CHECK(row.entities[1].sentiment == Approx(0.4));
  CHECK(row.entities[1].start == 22);
  CHECK(row.entities[1].end == 35);

  const auto seen = seen_live(row, record);
  CHECK(seen.label == alerts::Label::negative);
  CHECK(seen.entities[0].sentiment == Approx(-0.6));
  CHECK(seen.entities[0].tags == std::vector<std::string>{"own"});
  CHECK(seen.entities[1].label == alerts::Label::abstained);
  CHECK(seen.tags == std::vector<std::string>{"own"});
}

TEST_CASE("the detector sees the sentiments read back from the tables") {
  auto record = about_two();
  record.prediction->sentiment = {0.12345678F, 0.3F, 0.57654322F};
  record.entities[0].towards = model::SentimentScore{{0.12345678F, 0.3F, 0.57654322F}};
  const auto row = to_document_row(record);
  CHECK(row.sentiment() == -0.453086);
  const auto seen = seen_live(row, record);
  CHECK(seen.sentiment == -0.453086);
  CHECK(seen.entities[0].sentiment == -0.453086);
}

TEST_CASE("an alert is stored with the text that was sent, with numbers as people write them") {
  alerts::Transition transition;
  transition.summary = "Halden \"Bank\": 14 negative stories";
  transition.labels = {{"team", "desk"}};
  transition.key = {{"entity", "halden"}};
  transition.evidence.observed = 14;
  transition.evidence.expected = 2.0;
  const auto row = to_alert_row(transition, "c1");
  CHECK(row.labels_json == R"({"team":"desk"})");
  CHECK(row.key_json == R"({"entity":"halden"})");
  CHECK(row.evidence_json.starts_with(
      R"({"summary":"Halden \"Bank\": 14 negative stories","observed":14,"expected":2,"interval":[0,0],)"));
  CHECK(row.evidence_json.ends_with(R"("top_stories":[]})"));
}

TEST_CASE("without its own answer an entity has the document's label") {
  auto record = about_two();
  for (auto& entity : record.entities) {
    entity.label = record.label;
    entity.towards.reset();
  }
  auto row = to_document_row(record);
  CHECK(row.entities[1].label == Label::negative);
  CHECK(row.entities[1].sentiment == Approx(record.prediction->score()));
  CHECK(row.entities[1].method == "document");
  CHECK_FALSE(row.entities[1].probabilities);
}

TEST_CASE("an unscored document has the reason and no numbers") {
  Scored record = about_two();
  record.prediction.reset();
  record.label = Label::unscored;
  record.topic.clear();
  record.unscored_reason = "language:de";
  const auto row = to_document_row(record);
  CHECK(row.label == Label::unscored);
  CHECK(row.unscored_reason == "language:de");
  CHECK_FALSE(row.probabilities);
  CHECK(seen_live(row, record).label == alerts::Label::unscored);
}

}  // namespace
}  // namespace tapewatch
