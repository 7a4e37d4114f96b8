#include "model/encoder.hpp"

#include <cstring>

namespace tapewatch::model {
namespace {

std::variant<Fp32Steps, Int8Steps> steps_of(const EncoderWeights& weights, std::size_t max_tokens,
                                            const Kernels& kernels) {
  const float eps = weights.shape.layer_norm_eps;
  if (weights.int8_layers.empty()) {
    return Fp32Steps(weights.layers, kernels, eps, max_tokens, weights.shape.head_size());
  }
  return Int8Steps(weights.int8_layers, kernels, eps);
}

}  // namespace

Encoder::Encoder(const EncoderWeights& weights, std::size_t max_tokens, const Kernels& kernels)
    : weights_(&weights), kernels_(&kernels), steps_(steps_of(weights, max_tokens, kernels)) {}

std::span<const float> Encoder::encode(const Batch& batch, States states) {
  const std::size_t tokens = batch.tokens(), hidden = weights_->shape.hidden_size;
  states_.reserve(tokens * hidden);
  projections_.reserve(tokens * 3 * hidden);
  context_.reserve(tokens * hidden);
  weights_->embedding.apply(*kernels_, batch, weights_->shape.layer_norm_eps, states_.data());
  std::visit(
      [&](auto& steps) {
        for (std::size_t i = 0; i < steps.layers(); ++i) {
          apply(steps, i, batch, i + 1 == steps.layers() ? states : States::all_tokens);
        }
      },
      steps_);
  const std::size_t rows = states == States::all_tokens ? tokens : batch.texts();
  return {states_.data(), rows * hidden};
}

template <class Steps>
void Encoder::apply(Steps& steps, std::size_t layer, const Batch& batch, States states) {
  const std::size_t hidden = weights_->shape.hidden_size, width = steps.width(layer);
  const bool all = states == States::all_tokens;
  steps.project(layer, states_.data(), batch.tokens(), projections_.data());
  float* context = context_.data();
  for (std::size_t text = 0; text < batch.texts(); ++text) {
    const std::size_t queries = all ? batch.length(text) : 1;
    const Projections projections{.data = projections_.data() + batch.starts[text] * 3 * width,
                                  .tokens = batch.length(text),
                                  .width = width,
                                  .heads = steps.heads(layer)};
    steps.attend(projections, queries, context);
    context += queries * width;
    // From here on row t is text t: its row is at or before that of its first token, so nothing unread is overwritten.
    if (!all) {
      std::memmove(states_.data() + text * hidden, states_.data() + batch.starts[text] * hidden,
                   hidden * sizeof(float));
    }
  }
  steps.finish(layer, context_.data(), all ? batch.tokens() : batch.texts(), states_.data());
}

}  // namespace tapewatch::model
