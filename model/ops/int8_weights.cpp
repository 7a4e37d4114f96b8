// Tested by tests/model/ops/int8_kernels_test.cpp
#include "model/ops/int8_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tapewatch::model {
namespace {

constexpr float kLargest = 127;

}  // namespace

void append_quantised(std::span<const float> weight, std::size_t inputs, QuantisedWeights& to) {
  for (std::size_t first = 0; first < weight.size(); first += inputs) {
    const auto row = weight.subspan(first, inputs);
    float largest = 0;
    for (const float w : row) largest = std::max(largest, std::abs(w));
    const float scale = largest / kLargest;
    to.scales.push_back(scale);
    for (const float w : row) {
      // Divided, not multiplied by the inverse, which can be infinite; the largest gives 127 or one less in the last
      // bit.
      const float q = scale > 0 ? std::nearbyint(w / scale) : 0.0F;
      to.values.push_back(static_cast<std::int8_t>(std::clamp(q, -kLargest, kLargest)));
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

Int8Rows Int8Buffer::quantise(const Kernels& kernels, const float* x, std::size_t x_stride, std::size_t rows,
                              std::size_t columns) {
  const std::size_t stride = kernels.int8.row_bytes(columns);
  data_.reserve(rows * stride);
  scales_.reserve(rows);
  zeros_.reserve(rows);
  const Int8Rows out{.data = data_.data(),
                     .stride = stride,
                     .rows = rows,
                     .columns = columns,
                     .scales = scales_.data(),
                     .zeros = zeros_.data()};
  kernels.int8.quantise(x, x_stride, out);
  return out;
}

}  // namespace tapewatch::model
