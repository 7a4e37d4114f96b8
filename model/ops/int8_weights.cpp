// Tested by tests/model/ops/int8_kernels_test.cpp
#include "model/ops/int8_weights.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace tapewatch::model {
namespace {

constexpr float kLargest = 127;
constexpr float kRoundToInteger = 12582912.0F;  // 1.5·2²³: what is added to it is rounded to an integer, half to even

// Vectors that every machine has: at -O2 the compiler makes none of such loops, and this runs at every start.
using Floats = float __attribute__((vector_size(16)));
using Integers = std::int32_t __attribute__((vector_size(16)));
constexpr std::size_t kLanes = 4;

/// The next floats of `row` from `i` on, zeros behind its end.
Floats floats_at(std::span<const float> row, std::size_t i) {
  Floats floats{};
  if (i + kLanes <= row.size()) {
    std::memcpy(&floats, row.data() + i, sizeof floats);
  } else {
    for (std::size_t k = 0; i + k < row.size(); ++k) floats[k] = row[i + k];
  }
  return floats;
}

float largest_magnitude(std::span<const float> row) {
  Floats largest{};
  for (std::size_t i = 0; i < row.size(); i += kLanes) {
    const auto floats = floats_at(row, i);
    const Floats magnitudes = floats < 0 ? -floats : floats;
    largest = magnitudes > largest ? magnitudes : largest;
  }
  return std::max({largest[0], largest[1], largest[2], largest[3]});
}

/// Divided, not multiplied by the inverse, which can be infinite; the largest gives 127 or one less in the last bit.
Integers quantised(Floats floats, float scale) {
  Floats q = floats / scale;
  q = q < -kLargest ? Floats{} - kLargest : q;
  q = q > kLargest ? Floats{} + kLargest : q;
  return std::bit_cast<Integers>(q + kRoundToInteger) - std::bit_cast<std::int32_t>(kRoundToInteger);
}

}  // namespace

void append_quantised(std::span<const float> weight, std::size_t inputs, QuantisedWeights& to) {
  to.values.resize(to.values.size() + weight.size());
  auto* out = to.values.data() + to.values.size() - weight.size();
  for (std::size_t first = 0; first < weight.size(); first += inputs, out += inputs) {
    const auto row = weight.subspan(first, inputs);
    const float scale = largest_magnitude(row) / kLargest;
    // A row of zeros, or next to it, has any scale: none that is 0 stands in a file.
    to.scales.push_back(scale > 0 ? scale : 1.0F);
    if (!(scale > 0)) continue;
    for (std::size_t i = 0; i < inputs; i += kLanes) {
      const auto integers = quantised(floats_at(row, i), scale);
      if (i + kLanes <= inputs) {
        for (std::size_t k = 0; k < kLanes; ++k) out[i + k] = static_cast<std::int8_t>(integers[k]);
      } else {
        for (std::size_t k = 0; i + k < inputs; ++k) out[i + k] = static_cast<std::int8_t>(integers[k]);
      }
    }
  }
}

Int8Weights::Int8Weights(const Kernels& kernels, const QuantisedWeights& weights, std::span<const float> bias,
                         std::size_t inputs)
    : packed_(kernels.int8.matrix_bytes(inputs, bias.size())),
      scales_(round_up(bias.size(), kernels.int8.panel)),
      bias_(scales_.size()),
      sums_(scales_.size()),
      inputs_(inputs),
      outputs_(bias.size()) {
  kernels.int8.pack(weights.values.data(), inputs, outputs_, packed_.data());
  std::ranges::fill(scales_.span(), 0.0F);
  std::ranges::fill(bias_.span(), 0.0F);
  std::ranges::fill(sums_.span(), 0);
  std::ranges::copy(weights.scales, scales_.data());
  std::ranges::copy(bias, bias_.data());
  for (std::size_t output = 0; output < outputs_; ++output) {
    const auto* row = weights.values.data() + output * inputs;
    sums_.data()[output] = std::accumulate(row, row + inputs, 0);
  }
}

Int8Matrix Int8Weights::view() const {
  return {.data = packed_.data(),
          .outputs = outputs_,
          .columns = {.scales = scales_.data(), .sums = sums_.data(), .bias = bias_.data()}};
}

Int8Rows Int8Buffer::reserve(const Kernels& kernels, std::size_t rows, std::size_t columns) {
  const std::size_t stride = kernels.int8.row_bytes(columns);
  data_.reserve(rows * stride);
  scales_.reserve(rows);
  zeros_.reserve(rows);
  return {.data = data_.data(),
          .stride = stride,
          .rows = rows,
          .columns = columns,
          .scales = scales_.data(),
          .zeros = zeros_.data()};
}

Int8Rows Int8Buffer::quantise(const Kernels& kernels, const float* x, std::size_t x_stride, std::size_t rows,
                              std::size_t columns) {
  const auto out = reserve(kernels, rows, columns);
  kernels.int8.quantise(x, x_stride, out);
  return out;
}

}  // namespace tapewatch::model
