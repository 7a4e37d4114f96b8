#include "alerts/detector/negative_binomial.hpp"

#include <limits>

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

TEST_CASE("tails agree with sixty-digit arithmetic") {
  struct Row {
    std::uint64_t count;
    double mean;
    double ratio;
    double tail;
  };
  // Summed term by term with Python's decimal module at 60 digits.
  const Row rows[] = {
      {1, 2.1, 1, 8.775435717470181e-01},
      {14, 2.1, 1, 5.289979837430043e-08},
      {14, 2.1, 1.5, 5.941478550978769e-05},
      {14, 2.1, 3, 3.830385769871442e-03},
      {5, 0.003, 1.0001, 2.774456708018596e-15},
      {5, 0.003, 2, 3.271568141823302e-05},
      {200, 100, 1, 9.343150072988389e-19},
      {200, 100, 2.5, 1.142292223724218e-07},
      {100, 100, 2.5, 4.957910014576288e-01},
      {1000, 10, 4, 1.649778216576964e-120},
      {5000, 4000, 1.0000001, 1.559881737346888e-52},
      {5000, 4000, 30, 3.406668541166194e-03},
      {40, 0.5, 1.2, 1.142435247368323e-29},
      {1, 3, 1e6, 4.144571422312038e-05},
      {1000, 3, 1e4, 5.469699557227988e-04},
      {2, 1e-12, 1, 4.999999999996667e-25},
      {3, 1e-9, 1000, 5.415169948917030e-12},
      {200000, 150000, 40, 6.031142939227706e-77},
  };
  for (const Row& row : rows) {
    INFO(row.count << " of " << row.mean << " with ratio " << row.ratio);
    const double tail = upper_tail({row.mean, row.ratio}, row.count);
    CHECK(std::abs(tail - row.tail) <= 1e-8 * row.tail);
  }
}

TEST_CASE("edges of the tail") {
  CHECK(upper_tail({3.0, 2.0}, 0) == 1.0);
  CHECK(upper_tail({0.0, 1.0}, 1) == 0.0);
  CHECK(upper_tail({3.0, 1e6}, 1) < 1e-4);  // nearly always 0, sometimes very large
  CHECK(upper_tail({1e-12, 1.0}, 1) == Approx(1e-12));
  for (std::uint64_t k = 1; k < 60; ++k) CHECK(upper_tail({20.0, 3.0}, k) <= upper_tail({20.0, 3.0}, k - 1));
}

TEST_CASE("no count, mean or ratio throws, and every tail is a probability") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double mean : {0.0, 5e-324, 1e-300, 1e-12, 1.0, 1e9, 1e300, kInfinity}) {
    for (const double ratio : {1.0, 1.0 + 1e-15, 1.0 + 2e-12, 1.5, 1e6, 1e300, kInfinity}) {
      for (const std::uint64_t count : {0UL, 1UL, 1000UL, 1'000'100'000UL, ~0UL}) {
        INFO(count << " of " << mean << " with ratio " << ratio);
        const double tail = upper_tail({mean, ratio}, count);
        CHECK(tail >= 0.0);
        CHECK(tail <= 1.0);
      }
    }
  }
  CHECK(upper_tail({1e9, 1e6}, 1'000'100'000) ==
        Approx(0.494533368265086).epsilon(1e-8));  // of a sum, millions of terms
  CHECK(upper_quantile({5e-324, 1.0}, 1e-9) == 0);
  CHECK(upper_quantile({1e-300, 1e6}, 1e-9) == 0);
  CHECK(upper_quantile({1e9, 1e6}, 1e-9) > 1'000'000'000);
  CHECK(upper_quantile({1e300, 2.0}, 1e-9) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("a quantile is the smallest count that does it") {
  for (const double mean : {0.01, 0.4, 2.1, 50.0, 3000.0}) {
    for (const double ratio : {1.0, 1.3, 8.0}) {
      for (const double upper : {0.975, 0.025, 0.001}) {
        const std::uint64_t k = upper_quantile({mean, ratio}, upper);
        INFO(mean << " " << ratio << " " << upper << " -> " << k);
        CHECK(upper_tail({mean, ratio}, k + 1) <= upper);
        if (k > 0) CHECK(upper_tail({mean, ratio}, k) > upper);
      }
    }
  }
}
