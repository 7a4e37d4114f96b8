#include "model/evaluation/bootstrap.hpp"

#include <cmath>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

TEST_CASE("the interval of an accuracy is the binomial's, about") {
  std::vector<ClassifiedRow> rows;
  for (std::size_t i = 0; i < 700; ++i) {
    rows.push_back({.truth = i % 3, .predicted = i % 10 == 0 ? (i + 1) % 3 : i % 3});
  }
  const auto intervals = bootstrap(rows, 3, 2'000, 1);
  const double half = 1.96 * std::sqrt(0.9 * 0.1 / 700);
  CHECK(intervals.accuracy.low == Approx(0.9 - half).margin(0.004));
  CHECK(intervals.accuracy.high == Approx(0.9 + half).margin(0.004));
  CHECK(intervals.macro_f1.low < 0.9);
  CHECK(intervals.macro_f1.high > 0.9);
  const auto again = bootstrap(rows, 3, 2'000, 1), other = bootstrap(rows, 3, 2'000, 2);
  CHECK(again.macro_f1.low == intervals.macro_f1.low);
  CHECK(other.macro_f1.low != intervals.macro_f1.low);
}

TEST_CASE("no rows, no interval; rows that are all correct give a zero-width one") {
  CHECK(bootstrap({}, 3, 100, 1).accuracy.high == 0);
  const std::vector<ClassifiedRow> right{{0, 0}, {1, 1}};
  CHECK(bootstrap(right, 2, 100, 1).accuracy.low == 1);
}

}  // namespace
}  // namespace tapewatch::model
