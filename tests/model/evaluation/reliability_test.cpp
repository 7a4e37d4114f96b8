#include "model/evaluation/reliability.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

TEST_CASE("bins of a reliability diagram have equal mass and rise in confidence") {
  std::vector<Outcome> outcomes(20, {.confidence = 0.9, .right = true});
  outcomes[0].right = outcomes[1].right = false;
  outcomes.insert(outcomes.end(), 5, {.confidence = 0.6, .right = false});
  outcomes.back().right = true;
  const auto bins = reliability_bins(outcomes);
  REQUIRE(bins.size() == kReliabilityBins);
  std::size_t rows = 0;
  for (const auto& bin : bins) {
    CHECK((bin.rows == 2 || bin.rows == 3));
    rows += bin.rows;
  }
  CHECK(rows == 25);
  CHECK(bins.front().confidence == Approx(0.6));
  CHECK(bins.front().accuracy == 0);
  CHECK(bins.back().confidence == Approx(0.9));
  CHECK(bins.back().accuracy == 1);
}

TEST_CASE("with fewer outcomes than bins each is a bin, and no outcomes give no bins") {
  CHECK(reliability_bins({{.confidence = 0.7, .right = true}, {.confidence = 0.5, .right = false}}).size() == 2);
  CHECK(reliability_bins({}).empty());
}

TEST_CASE("the expected calibration error is the bins' distance from their confidence, weighted by rows") {
  CHECK(expected_error({{.confidence = 0.9, .accuracy = 0.8, .rows = 30},
                        {.confidence = 0.5, .accuracy = 0.6, .rows = 10}}) == Approx(0.1));
  CHECK(expected_error({}) == 0);
}

}  // namespace
}  // namespace tapewatch::model
