// The 8-bit products of every set of kernels that this CPU can run, against plain sums and against the portable set.
#include "model/ops/int8_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "model/ops/int8_weights.hpp"
#include "model/ops/kernels.hpp"
#include "tests/model/ops/kernel_inputs.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using test::random_floats;

struct Case {
  std::size_t rows = 0, depth = 0, outputs = 0;
  std::vector<float> x, bias, residual;
  QuantisedWeights weights;
};

Case make_case(std::size_t rows, std::size_t depth, std::size_t outputs, unsigned seed) {
  Case made{.rows = rows, .depth = depth, .outputs = outputs};
  made.x = random_floats(rows * depth, seed, 3);
  made.bias = random_floats(outputs, seed + 1);
  made.residual = random_floats(rows * outputs, seed + 2);
  append_quantised(random_floats(outputs * depth, seed + 3, 0.2F), depth, made.weights);
  return made;
}

enum class Tail { none, gelu, residual };

/// C with a stride of outputs + 3, the rest 77.
std::vector<float> product(const Kernels& kernels, const Case& inputs, Tail tail) {
  const Int8Weights weights(kernels, inputs.weights, inputs.bias, inputs.depth);
  Int8Buffer buffer;
  const std::size_t stride = inputs.outputs + 3;
  std::vector<float> c(inputs.rows * stride, 77.0F), residual(c.size());
  for (std::size_t row = 0; row < inputs.rows; ++row) {
    std::copy_n(inputs.residual.data() + row * inputs.outputs, inputs.outputs, residual.data() + row * stride);
  }
  kernels.int8.multiply({.a = buffer.quantise(kernels, inputs.x.data(), inputs.depth, inputs.rows, inputs.depth),
                         .b = weights.view(),
                         .c = c.data(),
                         .c_stride = stride,
                         .residual = tail == Tail::residual ? residual.data() : nullptr,
                         .gelu = tail == Tail::gelu});
  return c;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Products of all shapes with every set, and the portable set's result.
void each_shape(const std::function<void(const Case&, Tail)>& check) {
  unsigned seed = 1;
  for (const std::size_t rows : {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 25}) {
    for (const std::size_t outputs : {1, 3, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130}) {
      for (const std::size_t depth : {1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 100, 384}) {
        const auto made = make_case(rows, depth, outputs, seed++);
        check(made, static_cast<Tail>(seed % 3));
      }
    }
  }
}

TEST_CASE("8-bit products of all shapes are the same bits with every set of kernels and touch nothing else") {
  each_shape([](const Case& inputs, Tail tail) {
    const auto expected = product(*available_kernels().front(), inputs, tail);
    for (const auto* kernels : available_kernels()) {
      const auto found = product(*kernels, inputs, tail);
      if (!same_bits(found, expected)) {
        FAIL(kernels->name << ": " << inputs.rows << "×" << inputs.depth << "×" << inputs.outputs << ", tail "
                           << static_cast<int>(tail));
      }
      for (std::size_t row = 0; row < inputs.rows; ++row) {
        for (std::size_t j = 0; j < 3; ++j) REQUIRE(found[row * (inputs.outputs + 3) + inputs.outputs + j] == 77.0F);
      }
    }
  });
}

TEST_CASE("8-bit products agree with the floats' to what 8 bits resolve") {
  const std::size_t rows = 9, depth = 384, outputs = 70;
  const auto weight = random_floats(outputs * depth, 3, 0.2F);
  Case inputs = make_case(rows, depth, outputs, 5);
  inputs.weights = {};
  append_quantised(weight, depth, inputs.weights);
  for (const auto* kernels : available_kernels()) {
    INFO(kernels->name);
    const auto plain = product(*kernels, inputs, Tail::none), gelu = product(*kernels, inputs, Tail::gelu),
               added = product(*kernels, inputs, Tail::residual);
    double squares = 0, errors = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < outputs; ++j) {
        double sum = inputs.bias[j];
        for (std::size_t k = 0; k < depth; ++k) sum += double{inputs.x[i * depth + k]} * weight[j * depth + k];
        const std::size_t at = i * (outputs + 3) + j;
        squares += sum * sum;
        errors += (plain[at] - sum) * (plain[at] - sum);
        const double x = plain[at];
        CHECK(std::abs(gelu[at] - 0.5 * x * std::erfc(-x / std::sqrt(2.0))) < std::max(1.5e-4, 4e-5 * std::abs(x)));
        CHECK(added[at] == plain[at] + inputs.residual[i * outputs + j]);
      }
    }
    CHECK(std::sqrt(errors / squares) < 0.012);
  }
}

TEST_CASE("A row's 8-bit product is the same bits alone and among others") {
  const auto all = make_case(23, 70, 100, 9);
  for (const auto* kernels : available_kernels()) {
    const auto expected = product(*kernels, all, Tail::residual);
    for (std::size_t row = 0; row < all.rows; ++row) {
      auto one = all;
      one.rows = 1;
      one.x = {all.x.begin() + static_cast<std::ptrdiff_t>(row * all.depth),
               all.x.begin() + static_cast<std::ptrdiff_t>((row + 1) * all.depth)};
      one.residual.assign(all.residual.begin() + static_cast<std::ptrdiff_t>(row * all.outputs),
                          all.residual.begin() + static_cast<std::ptrdiff_t>((row + 1) * all.outputs));
      const auto found = product(*kernels, one, Tail::residual);
      REQUIRE(std::memcmp(found.data(), expected.data() + row * (all.outputs + 3), all.outputs * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("Sums of the largest 8-bit numbers are exact in every set") {
  for (const std::size_t depth : {4, 384, 3072}) {
    for (const float sign : {1.0F, -1.0F}) {
      Case inputs{.rows = 7, .depth = depth, .outputs = 66};
      inputs.x.assign(inputs.rows * depth, 255.0F);  // scale 1, zero 0
      inputs.bias.assign(inputs.outputs, 0.0F);
      inputs.residual.assign(inputs.rows * inputs.outputs, 0.0F);
      append_quantised(std::vector<float>(inputs.outputs * depth, sign * 127), depth, inputs.weights);
      for (const auto* kernels : available_kernels()) {
        INFO(kernels->name << ", depth " << depth);
        const auto found = product(*kernels, inputs, Tail::none);
        CHECK(found.front() == sign * 255.0F * 127.0F * static_cast<float>(depth));
        CHECK(same_bits(found, product(*available_kernels().front(), inputs, Tail::none)));
      }
    }
  }
}

TEST_CASE("Rows of zeros, of one sign and of extreme sizes are quantised alike in every set") {
  const std::size_t depth = 19;
  for (const float value : {0.0F, -0.0F, 1.0F, -1.0F, 1e-38F, 1e-45F, -3e-31F, 1e30F, -1e30F}) {
    Case inputs = make_case(3, depth, 20, 11);
    std::fill_n(inputs.x.begin(), depth, value);
    inputs.x[depth + 3] = value;
    const auto expected = product(*available_kernels().front(), inputs, Tail::none);
    for (const float y : expected) CHECK(std::isfinite(y));
    for (const auto* kernels : available_kernels()) CHECK(same_bits(product(*kernels, inputs, Tail::none), expected));
    if (value == 0) {
      for (std::size_t j = 0; j < inputs.outputs; ++j) CHECK(expected[j] == inputs.bias[j]);
    }
  }
}

TEST_CASE("A weight matrix is quantised by its rows' largest magnitudes") {
  QuantisedWeights weights;
  append_quantised(std::vector<float>{1.0F, -2.0F, 0.5F, 0.0F, 0.0F, 0.0F, 1e-45F, 0.0F, 0.0F}, 3, weights);
  REQUIRE(weights.scales.size() == 3);
  CHECK(weights.scales[0] == 2.0F / 127);
  CHECK(std::vector<int>(weights.values.begin(), weights.values.begin() + 6) ==
        std::vector<int>{64, -127, 32, 0, 0, 0});
  CHECK(weights.scales[1] == 1.0F);  // rows of nothing have a scale that a file may hold
  CHECK(weights.scales[2] == 1.0F);
  CHECK(weights.values[6] == 0);
}

}  // namespace
}  // namespace tapewatch::model
