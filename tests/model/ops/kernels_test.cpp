// Every set of kernels that this CPU can run, compared with plain double-precision loops.
#include "model/ops/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

// Vectors wider than the registers are passed in memory; everything is inlined here, so no other file has to agree.
#pragma GCC diagnostic ignored "-Wpsabi"
#include "model/ops/kernel_templates.hpp"

namespace tapewatch::model {
namespace {

std::vector<float> random_floats(std::size_t count, unsigned seed, float spread = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(count);
  for (auto& value : values) value = normal(random);
  return values;
}

PackedMatrix packed(const std::vector<float>& weight, std::size_t depth, std::size_t columns) {
  PackedMatrix matrix(depth, columns);
  if (depth > 0) matrix.pack_transposed(weight, 0);
  return matrix;
}

/// weight is [columns, depth].
std::vector<double> plain_product(const std::vector<float>& a, const std::vector<float>& weight,
                                  const std::vector<float>& bias, std::size_t rows, std::size_t depth,
                                  std::size_t columns) {
  std::vector<double> c(rows * columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      double sum = bias[j];
      for (std::size_t k = 0; k < depth; ++k) sum += double{a[i * depth + k]} * weight[j * depth + k];
      c[i * columns + j] = sum;
    }
  }
  return c;
}

/// The shape of the AVX-512 set (vectors of 16, tiles of two panels) in whatever instructions the test is compiled for:
/// its loops are tested on every CPU, its instructions only where there are any.
struct Wide {
  static constexpr std::size_t kWidth = 16, kTileRows = 12, kTilePanels = 2;
  using Vector = float __attribute__((vector_size(64)));
  using IntVector = int __attribute__((vector_size(64)));
  static inline __attribute__((always_inline)) Vector fma(Vector a, Vector b, Vector c) { return a * b + c; }
};

void each_set(const std::function<void(const Kernels&)>& check) {
  static const Kernels wide = make_kernels<Wide>("wide");
  std::vector<const Kernels*> sets{&wide};
  for (const auto* kernels : available_kernels()) sets.push_back(kernels);
  for (const auto* kernels : sets) {
    INFO("kernels " << kernels->name);
    check(*kernels);
  }
}

TEST_CASE("There is a baseline, and the best is among the available") {
  REQUIRE_FALSE(available_kernels().empty());
  CHECK(available_kernels().front()->name == "baseline");
  CHECK(&best_kernels() == available_kernels().back());
}

TEST_CASE("Products of all shapes agree with the plain loops and touch nothing else") {
  each_set([](const Kernels& kernels) {
    for (const std::size_t rows : {1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 17, 23, 24, 25, 31}) {
      for (const std::size_t columns : {1, 3, 15, 16, 17, 20, 32, 33, 48, 63}) {
        for (const std::size_t depth : {0, 1, 5, 16, 383, 384, 385, 800}) {
          const auto a = random_floats(rows * depth, 1), weight = random_floats(columns * depth, 2);
          auto bias = random_floats(round_up(columns, kPanel), 3);
          const auto matrix = packed(weight, depth, columns);
          const std::size_t stride = columns + 3;
          std::vector<float> c(rows * stride, 77.0F);
          kernels.multiply({.a = a.data(),
                            .a_stride = depth,
                            .rows = rows,
                            .b = matrix.view(),
                            .bias = bias.data(),
                            .c = c.data(),
                            .c_stride = stride});
          const auto expected = plain_product(a, weight, bias, rows, depth, columns);
          for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t j = 0; j < columns; ++j) {
              const double tolerance = 1e-6 * std::sqrt(static_cast<double>(depth) + 1) * 10;
              if (!(std::abs(c[i * stride + j] - expected[i * columns + j]) <= tolerance)) {
                FAIL(rows << "×" << depth << "×" << columns << " at " << i << "," << j);
              }
            }
            for (std::size_t j = columns; j < stride; ++j) REQUIRE(c[i * stride + j] == 77.0F);
          }
        }
      }
    }
  });
}

TEST_CASE("A row's product is the same bits alone, among others, and cut along depth or columns") {
  each_set([](const Kernels& kernels) {
    const std::size_t rows = 37, depth = 900, columns = 80;
    const auto a = random_floats(rows * depth, 4), weight = random_floats(columns * depth, 5),
               bias = random_floats(columns, 6);
    const auto matrix = packed(weight, depth, columns);
    std::vector<float> all(rows * columns);
    kernels.multiply({.a = a.data(),
                      .a_stride = depth,
                      .rows = rows,
                      .b = matrix.view(),
                      .bias = bias.data(),
                      .c = all.data(),
                      .c_stride = columns});
    const auto same = [&](const std::vector<float>& other) {
      return std::memcmp(all.data(), other.data(), all.size() * sizeof(float)) == 0;
    };
    for (std::size_t group = 1; group < rows; ++group) {
      std::vector<float> some(rows * columns);
      for (std::size_t row = 0; row < rows; row += group) {
        const std::size_t count = std::min(group, rows - row);
        kernels.multiply({.a = a.data() + row * depth,
                          .a_stride = depth,
                          .rows = count,
                          .b = matrix.view(),
                          .bias = bias.data(),
                          .c = some.data() + row * columns,
                          .c_stride = columns});
      }
      REQUIRE(same(some));
    }
    std::vector<float> cut(rows * columns);
    for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 300}, {300, 17}, {317, 583}}) {
      kernels.multiply({.a = a.data() + first,
                        .a_stride = depth,
                        .rows = rows,
                        .b = matrix.view().depth_at(first, count),
                        .bias = bias.data(),
                        .c = cut.data(),
                        .c_stride = columns,
                        .add = first > 0});
    }
    CHECK(same(cut));
    std::vector<float> strips(rows * columns);
    for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 16}, {16, 48}, {64, 16}}) {
      kernels.multiply({.a = a.data(),
                        .a_stride = depth,
                        .rows = rows,
                        .b = matrix.view().columns_at(first, count),
                        .bias = bias.data() + first,
                        .c = strips.data() + first,
                        .c_stride = columns});
    }
    CHECK(same(strips));
  });
}

TEST_CASE("Weights packed part by part are the whole") {
  const std::size_t depth = 33, columns = 3 * 20;
  const auto weight = random_floats(columns * depth, 8);
  const auto whole = packed(weight, depth, columns);
  PackedMatrix parts(depth, columns);
  for (std::size_t part = 0; part < 3; ++part) {
    parts.pack_transposed(std::span(weight).subspan(part * 20 * depth, 20 * depth), part * 20);
  }
  CHECK(std::memcmp(whole.view().data, parts.view().data, depth * round_up(columns, kPanel) * sizeof(float)) == 0);
}

TEST_CASE("Softmax of any width agrees with the plain formula and sums to one") {
  each_set([](const Kernels& kernels) {
    for (std::size_t columns = 1; columns <= 70; ++columns) {
      const std::size_t rows = 3, stride = columns + 5;
      auto values = random_floats(rows * stride, 9, 20);
      const auto input = values;
      const float scale = 0.3F;
      kernels.softmax({.data = values.data(), .rows = rows, .columns = columns, .stride = stride}, scale);
      for (std::size_t row = 0; row < rows; ++row) {
        double sum = 0, total = 0;
        for (std::size_t j = 0; j < columns; ++j) sum += std::exp(double{scale} * input[row * stride + j]);
        for (std::size_t j = 0; j < columns; ++j) {
          const double expected = std::exp(double{scale} * input[row * stride + j]) / sum;
          REQUIRE(std::abs(values[row * stride + j] - expected) < 2e-6);
          total += values[row * stride + j];
        }
        REQUIRE(std::abs(total - 1) < 1e-5);
        for (std::size_t j = columns; j < stride; ++j) REQUIRE(values[row * stride + j] == input[row * stride + j]);
      }
    }
  });
}

TEST_CASE("Softmax handles extreme values") {
  each_set([](const Kernels& kernels) {
    for (const std::size_t columns : {3, 40}) {
      std::vector<float> values(columns, -1e30F);
      values[1] = 1e30F;
      kernels.softmax({.data = values.data(), .rows = 1, .columns = columns, .stride = columns}, 1.0F);
      CHECK(values[1] == 1.0F);
      CHECK(values[0] < 1e-30F);
      std::vector<float> equal(columns, 3e38F);
      kernels.softmax({.data = equal.data(), .rows = 1, .columns = columns, .stride = columns}, 1.0F);
      for (const float value : equal) CHECK(value == Approx(1.0 / static_cast<double>(columns)));
    }
  });
}

TEST_CASE("Layer normalisation of any width agrees with the plain formula, with and without a residual") {
  each_set([](const Kernels& kernels) {
    for (const std::size_t columns : {1, 2, 7, 8, 16, 19, 33, 64, 384}) {
      for (const bool with_residual : {false, true}) {
        const std::size_t rows = 4;
        auto values = random_floats(rows * columns, 10, 3);
        const auto input = values, residual = random_floats(rows * columns, 11), gamma = random_floats(columns, 12),
                   beta = random_floats(columns, 13);
        kernels.add_layer_norm({.data = values.data(), .rows = rows, .columns = columns, .stride = columns},
                               with_residual ? residual.data() : nullptr, gamma.data(), beta.data(), 1e-3F);
        for (std::size_t row = 0; row < rows; ++row) {
          const auto x = [&](std::size_t j) {
            const std::size_t at = row * columns + j;
            return double{input[at]} + (with_residual ? residual[at] : 0.0F);
          };
          double mean = 0, variance = 0;
          for (std::size_t j = 0; j < columns; ++j) mean += x(j) / static_cast<double>(columns);
          for (std::size_t j = 0; j < columns; ++j) {
            variance += (x(j) - mean) * (x(j) - mean) / static_cast<double>(columns);
          }
          for (std::size_t j = 0; j < columns; ++j) {
            const double expected = (x(j) - mean) / std::sqrt(variance + 1e-3) * gamma[j] + beta[j];
            REQUIRE(values[row * columns + j] == Approx(expected).margin(1e-4));
          }
        }
      }
    }
  });
}

TEST_CASE("GELU is the exact form to 2e-6, over its whole range and at any count") {
  each_set([](const Kernels& kernels) {
    std::vector<float> values;
    for (int i = -12000; i <= 12000; ++i) values.push_back(static_cast<float>(i) / 1000);
    for (const float extreme : {-1e30F, -100.0F, 100.0F, 1e30F}) values.push_back(extreme);
    auto found = values;
    kernels.gelu(found.data(), found.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double x = values[i];
      const double expected = 0.5 * x * std::erfc(-x / std::sqrt(2.0));
      if (!(std::abs(found[i] - expected) <= 2e-6 * std::max(1.0, std::abs(expected)))) FAIL("gelu(" << x << ")");
    }
    for (std::size_t count = 0; count < 40; ++count) {  // one by one and together: the same bits
      auto together = random_floats(40, 14);
      auto single = together;
      kernels.gelu(together.data(), count);
      for (std::size_t i = 0; i < count; ++i) kernels.gelu(&single[i], 1);
      REQUIRE(std::memcmp(together.data(), single.data(), 40 * sizeof(float)) == 0);
    }
  });
}

}  // namespace
}  // namespace tapewatch::model
