// Every set of kernels that this CPU can run, compared with plain double-precision loops.
#include "model/ops/kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/model/ops/kernel_inputs.hpp"
#include "tests/support/catch.hpp"

// Vectors wider than the registers are passed in memory; everything is inlined here, so no other file has to agree.
#pragma GCC diagnostic ignored "-Wpsabi"
#include "model/ops/kernel_templates.hpp"
#include "model/ops/templates/portable_set.hpp"

namespace tapewatch::model {
namespace {

using test::random_floats;

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
struct SixteenFloats {
  static constexpr std::size_t kWidth = 16, kInt8Panel = 16;
  using Vector = float __attribute__((vector_size(64)));
  using IntVector = std::int32_t __attribute__((vector_size(64)));
  using DoubleVector = double __attribute__((vector_size(128)));
  using LongVector = std::int64_t __attribute__((vector_size(128)));
  using Activations = std::int16_t __attribute__((vector_size(32)));
  using Weights = std::int8_t __attribute__((vector_size(16)));
  using PanelBytes = std::int8_t __attribute__((vector_size(16)));
  using PanelShorts = std::int16_t __attribute__((vector_size(32)));
  using PanelInts = std::int32_t __attribute__((vector_size(64)));
};
struct Wide : PortableSet<SixteenFloats> {
  static constexpr std::size_t kTileRows = 12, kTilePanels = 2;
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

TEST_CASE("There is a portable set, the best is among the available, each is found by its name") {
  REQUIRE_FALSE(available_kernels().empty());
  CHECK(available_kernels().front()->name == "portable");
  CHECK(&best_kernels() == available_kernels().back());
  CHECK(kernels_named("auto") == &best_kernels());
  for (const auto* kernels : available_kernels()) CHECK(kernels_named(kernels->name) == kernels);
  CHECK(kernels_named("AVX2") == nullptr);
}

/// Runs `compute` with every set and compares the bits of its values with those of the portable set.
void check_same_bits(const std::function<std::vector<float>(const Kernels&)>& compute) {
  const auto expected = compute(*available_kernels().front());
  each_set([&](const Kernels& kernels) {
    const auto found = compute(kernels);
    REQUIRE(found.size() == expected.size());
    REQUIRE(std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) == 0);
  });
}

TEST_CASE("Every set of kernels gives the same bits: products") {
  unsigned seed = 20;
  for (const std::size_t rows : {1, 2, 7, 13}) {
    for (const std::size_t columns : {1, 16, 17, 50}) {
      for (const std::size_t depth : {1, 5, 100, 400}) {
        const auto a = random_floats(rows * depth, ++seed), weight = random_floats(columns * depth, ++seed);
        const auto bias = random_floats(round_up(columns, kPanel), ++seed);
        const auto matrix = packed(weight, depth, columns);
        check_same_bits([&](const Kernels& kernels) {
          std::vector<float> c(rows * columns);
          kernels.multiply({.a = a.data(),
                            .a_stride = depth,
                            .rows = rows,
                            .b = matrix.view(),
                            .bias = bias.data(),
                            .c = c.data(),
                            .c_stride = columns});
          return c;
        });
      }
    }
  }
}

TEST_CASE("Every set of kernels gives the same bits: softmax, layer normalisation, GELU") {
  for (std::size_t columns = 1; columns <= 100; ++columns) {
    const auto values = random_floats(2 * columns, 1000 + static_cast<unsigned>(columns), 4);
    const auto other = random_floats(2 * columns, 2000 + static_cast<unsigned>(columns));
    const auto rows = [&](std::vector<float>& x) {
      return Rows{.data = x.data(), .rows = 2, .columns = columns, .stride = columns};
    };
    check_same_bits([&](const Kernels& kernels) {
      auto x = values;
      kernels.softmax(rows(x), 0.7F);
      return x;
    });
    check_same_bits([&](const Kernels& kernels) {
      auto x = values;
      kernels.add_layer_norm(rows(x), columns % 2 ? other.data() : nullptr, other.data(), values.data(), 1e-12F);
      return x;
    });
    check_same_bits([&](const Kernels& kernels) {
      auto x = values;
      kernels.gelu(x.data(), x.size());
      return x;
    });
  }
}

TEST_CASE("A product and a sum rounded once, without the instruction, are those of the C library") {
  std::mt19937 random(30);
  const auto any_float = [&] {
    const auto bits = static_cast<std::uint32_t>(random());
    const auto exponent = static_cast<std::uint32_t>(120 + random() % 16);
    return std::bit_cast<float>(random() % 2 ? bits : (bits & 0x807FFFFFU) | exponent << 23);
  };
  for (int round = 0; round < 200000; ++round) {
    float a[4], b[4], c[4];
    for (int i = 0; i < 4; ++i) {
      a[i] = any_float();
      b[i] = any_float();
      c[i] = random() % 4 ? any_float() : -a[i] * b[i];  // a sum of nothing but what rounding took away
    }
    using Simd = PortableSet<FourFloats>;
    const auto found = exact_fma<Simd>(load<Simd>(a), load<Simd>(b), load<Simd>(c));
    for (int i = 0; i < 4; ++i) {
      const float expected = std::fma(a[i], b[i], c[i]);
      if (std::isnan(expected) ? !std::isnan(found[i]) : found[i] != expected) {
        FAIL(a[i] << " · " << b[i] << " + " << c[i] << ": " << found[i] << ", expected " << expected);
      }
    }
  }
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

TEST_CASE("Rows become the columns of panels, and rows in their usual order are panels themselves") {
  each_set([](const Kernels& kernels) {
    for (const std::size_t rows : {1, 3, 4, 15, 16, 17, 21, 32, 45}) {
      for (const std::size_t depth : {1, 4, 7, 8, 16, 21, 32}) {
        const std::size_t stride = depth + 5;
        const auto values = random_floats(rows * stride, 40);
        std::vector<float> panels(round_up(rows, kPanel) * depth, 77.0F), expected(panels.size(), 0.0F);
        for (std::size_t row = 0; row < rows; ++row) {
          for (std::size_t k = 0; k < depth; ++k) {
            expected[row / kPanel * kPanel * depth + k * kPanel + row % kPanel] = values[row * stride + k];
          }
        }
        kernels.pack_rows(values.data(), stride, rows, depth, panels.data());
        REQUIRE(panels == expected);
      }
    }
    const std::size_t rows = 7, depth = 20, columns = 32, stride = 50;
    const auto a = random_floats(rows * depth, 41), b = random_floats(depth * stride, 42);
    PackedMatrix packed_b(depth, columns);
    std::vector<float> transposed(columns * depth), found(rows * columns), expected(found.size());
    for (std::size_t j = 0; j < columns; ++j) {
      for (std::size_t k = 0; k < depth; ++k) transposed[j * depth + k] = b[k * stride + j];
    }
    packed_b.pack_transposed(transposed, 0);
    MatrixProduct product{.a = a.data(),
                          .a_stride = depth,
                          .rows = rows,
                          .b = packed_b.view(),
                          .c = expected.data(),
                          .c_stride = columns};
    kernels.multiply(product);
    product.b = {.data = b.data(), .depth = depth, .columns = columns, .stride = kPanel, .row_stride = stride};
    product.c = found.data();
    kernels.multiply(product);
    CHECK(found == expected);
  });
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
