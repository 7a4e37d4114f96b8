#include "model/encoder.hpp"

#include <algorithm>
#include <cstring>

namespace tapewatch::model {
namespace {

// The feed-forward network's inner units are computed and consumed this many at a time, so that the expansion of all
// rows stays in the second-level cache and each weight is still read once per batch.
constexpr std::size_t kInnerUnits = 384;

}  // namespace

Encoder::Encoder(const EncoderWeights& weights, std::size_t max_tokens, const Kernels& kernels)
    : weights_(&weights), kernels_(&kernels), attention_(max_tokens, weights.shape.head_size()) {}

void Encoder::reserve(std::size_t tokens) {
  const std::size_t hidden = weights_->shape.hidden_size;
  states_.reserve(tokens * hidden);
  projections_.reserve(tokens * 3 * hidden);
  context_.reserve(tokens * hidden);
  attended_.reserve(tokens * hidden);
  expanded_.reserve(tokens * kInnerUnits);
}

std::span<const float> Encoder::encode(const Batch& batch, States states) {
  reserve(batch.tokens());
  weights_->embedding.apply(*kernels_, batch, weights_->shape.layer_norm_eps, states_.data());
  const auto& layers = weights_->layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    apply(layers[i], batch, i + 1 == layers.size() ? states : States::all_tokens);
  }
  const std::size_t rows = states == States::all_tokens ? batch.tokens() : batch.texts();
  return {states_.data(), rows * weights_->shape.hidden_size};
}

void Encoder::apply(const TransformerLayer& layer, const Batch& batch, States states) {
  const auto& shape = weights_->shape;
  const std::size_t hidden = shape.hidden_size;
  const bool all = states == States::all_tokens;
  const std::size_t width = layer.attention_output.inputs();
  layer.query_key_value.apply(*kernels_, states_.data(), hidden, batch.tokens(), projections_.data());
  float* context = context_.data();
  for (std::size_t text = 0; text < batch.texts(); ++text) {
    const std::size_t queries = all ? batch.length(text) : 1;
    const Projections projections{.data = projections_.data() + batch.starts[text] * 3 * width,
                                  .tokens = batch.length(text),
                                  .width = width,
                                  .heads = layer.heads};
    attention_.apply(*kernels_, projections, queries, context);
    context += queries * width;
    // From here on row t is text t: its row is at or before that of its first token, so nothing unread is overwritten.
    if (!all) {
      std::memmove(states_.data() + text * hidden, states_.data() + batch.starts[text] * hidden,
                   hidden * sizeof(float));
    }
  }
  const std::size_t rows = all ? batch.tokens() : batch.texts();
  layer.attention_output.apply(*kernels_, context_.data(), width, rows, attended_.data());
  layer.attention_norm.apply(*kernels_, attended_.data(), states_.data(), rows, shape.layer_norm_eps);
  for (std::size_t first = 0; first < shape.intermediate_size; first += kInnerUnits) {
    const std::size_t count = std::min(kInnerUnits, shape.intermediate_size - first);
    layer.intermediate.apply_outputs(*kernels_, attended_.data(), rows, first, count, expanded_.data());
    kernels_->gelu(expanded_.data(), rows * count);
    layer.output.add_inputs(*kernels_, expanded_.data(), rows, first, count, states_.data());
  }
  layer.output_norm.apply(*kernels_, states_.data(), attended_.data(), rows, shape.layer_norm_eps);
}

}  // namespace tapewatch::model
