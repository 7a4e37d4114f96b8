// Tested by tests/model/int8_encoder_test.cpp
#include "model/layers/int8_steps.hpp"

#include <algorithm>

namespace tapewatch::model {
namespace {

// Rows that pass through the feed-forward network together: their expansion, 4 bytes for each of the inner units, stays
// in the second-level cache beside a panel of weights. A multiple of what the kernels take at once.
constexpr std::size_t kFeedForwardRows = 48;

}  // namespace

void Int8Steps::project(std::size_t index, const float* states, std::size_t rows, float* projections) {
  const auto& weights = layers_[index].query_key_value;
  kernels_->int8.multiply({.a = inputs_.quantise(*kernels_, states, weights.inputs(), rows, weights.inputs()),
                           .b = weights.view(),
                           .c = projections,
                           .c_stride = weights.outputs()});
}

void Int8Steps::finish(std::size_t index, const float* context, std::size_t rows, float* states) {
  const auto& layer = layers_[index];
  const std::size_t width = layer.attention_output.inputs(), hidden = layer.attention_output.outputs();
  attended_.reserve(rows * hidden);
  kernels_->int8.multiply({.a = inputs_.quantise(*kernels_, context, width, rows, width),
                           .b = layer.attention_output.view(),
                           .c = attended_.data(),
                           .c_stride = hidden,
                           .residual = states});
  layer.attention_norm.apply(*kernels_, attended_.data(), nullptr, rows, eps_);
  for (std::size_t first = 0; first < rows; first += kFeedForwardRows) {
    feed_forward(layer, std::min(kFeedForwardRows, rows - first), attended_.data() + first * hidden,
                 states + first * hidden);
  }
}

/// attended [rows, hidden] → states [rows, hidden], the layer's output.
void Int8Steps::feed_forward(const Int8Layer& layer, std::size_t rows, const float* attended, float* states) {
  const std::size_t hidden = layer.intermediate.inputs(), units = layer.intermediate.outputs();
  expanded_.reserve(kFeedForwardRows * units);
  kernels_->int8.multiply({.a = inputs_.quantise(*kernels_, attended, hidden, rows, hidden),
                           .b = layer.intermediate.view(),
                           .c = expanded_.data(),
                           .c_stride = units,
                           .gelu = true});
  kernels_->int8.multiply({.a = inputs_.quantise(*kernels_, expanded_.data(), units, rows, units),
                           .b = layer.output.view(),
                           .c = states,
                           .c_stride = hidden,
                           .residual = attended});
  layer.output_norm.apply(*kernels_, states, nullptr, rows, eps_);
}

}  // namespace tapewatch::model
