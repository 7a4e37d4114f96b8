// Tested by tests/model/encoder_test.cpp
#include "model/layers/fp32_steps.hpp"

#include <algorithm>

namespace tapewatch::model {
namespace {

// The feed-forward network's inner units are computed and consumed this many at a time, so that the expansion of all
// rows stays in the second-level cache and each weight is still read once per batch.
constexpr std::size_t kInnerUnits = 384;

}  // namespace

void Fp32Steps::project(std::size_t layer, const float* states, std::size_t rows, float* projections) const {
  const auto& dense = layers_[layer].query_key_value;
  dense.apply(*kernels_, states, dense.inputs(), rows, projections);
}

void Fp32Steps::finish(std::size_t index, const float* context, std::size_t rows, float* states) {
  const auto& layer = layers_[index];
  attended_.reserve(rows * layer.attention_output.outputs());
  expanded_.reserve(rows * kInnerUnits);
  layer.attention_output.apply(*kernels_, context, layer.attention_output.inputs(), rows, attended_.data());
  layer.attention_norm.apply(*kernels_, attended_.data(), states, rows, eps_);
  const std::size_t units = layer.intermediate.outputs();
  for (std::size_t first = 0; first < units; first += kInnerUnits) {
    const std::size_t count = std::min(kInnerUnits, units - first);
    layer.intermediate.apply_outputs(*kernels_, attended_.data(), rows, first, count, expanded_.data());
    kernels_->gelu(expanded_.data(), rows * count);
    layer.output.add_inputs(*kernels_, expanded_.data(), rows, first, count, states);
  }
  layer.output_norm.apply(*kernels_, states, attended_.data(), rows, eps_);
}

}  // namespace tapewatch::model
