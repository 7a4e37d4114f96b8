#include "daemon/pipeline/writing/mapping.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

namespace tapewatch {
namespace {

Scored about_two() {
  auto record = tests::scored_record(0, TimePoint{}, "Halden Bank slides as Ostrava Steel gains", 0.9);
  record.mentions = {{0, 0, 11}, {1, 22, 35}};
  record.prediction->entities = {{{0.1F, 0.2F, 0.7F}}, {{0.5F, 0.4F, 0.1F}}};
  return record;
}

TEST_CASE("entities carry the label towards them, the document its own") {
  const auto row = to_document_row(about_two(), tests::kNames, *tests::two_companies(), 0.6);
  CHECK(row.label == "negative");
  REQUIRE(row.entities.size() == 2);
  CHECK(row.entities[0].label == "negative");
  CHECK(row.entities[0].sentiment == Approx(-0.6));
  CHECK(row.entities[0].method == "attention");
  REQUIRE(row.entities[0].probabilities);
  CHECK((*row.entities[0].probabilities)[2] == 0.7F);
  CHECK(row.entities[1].label == "abstained");  // 0.5 < 0.6, whatever the document's confidence
  CHECK(row.entities[1].sentiment == Approx(0.4));

  const auto mentions = about_two().mentions;
  const auto seen = to_observation(row, {}, mentions, *tests::two_companies());
  CHECK(seen.entities[0].sentiment == Approx(-0.6));
  CHECK(seen.entities[1].label == "abstained");
}

TEST_CASE("without an answer of its own an entity has the document's label") {
  auto record = about_two();
  record.prediction->entities.clear();
  auto row = to_document_row(record, tests::kNames, *tests::two_companies(), 0);
  CHECK(row.entities[1].label == "negative");
  CHECK(row.entities[1].method == "document");
  CHECK_FALSE(row.entities[1].probabilities);
  record.prediction.reset();
  record.unscored_reason = "language:de";
  row = to_document_row(record, tests::kNames, *tests::two_companies(), 0);
  CHECK(row.entities[1].label == "unscored");
}

}  // namespace
}  // namespace tapewatch
