// Tested by tests/model/encoder_test.cpp
#include "model/layers/attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tapewatch::model {

Attention::Attention(std::size_t max_tokens, std::size_t head_size)
    : keys_(head_size * round_up(max_tokens, kPanel)),
      values_(max_tokens * round_up(head_size, kPanel)),
      weights_(max_tokens * round_up(max_tokens, kPanel)) {}

void Attention::apply(const Kernels& kernels, const Projections& text, std::size_t queries, float* context) {
  const std::size_t size = text.head_size();
  const std::size_t stride = round_up(text.tokens, kPanel);
  const float scale = 1.0F / std::sqrt(static_cast<float>(size));
  for (std::size_t head = 0; head < text.heads; ++head) {
    kernels.multiply({.a = text.data + head * size,
                      .a_stride = text.stride(),
                      .rows = queries,
                      .b = pack_keys(kernels, text, head),
                      .c = weights_.data(),
                      .c_stride = stride});
    kernels.softmax({.data = weights_.data(), .rows = queries, .columns = text.tokens, .stride = stride}, scale);
    kernels.multiply({.a = weights_.data(),
                      .a_stride = stride,
                      .rows = queries,
                      .b = pack_values(text, head),
                      .c = context + head * size,
                      .c_stride = text.width});
  }
}

/// Kᵀ [head size, tokens].
PanelView Attention::pack_keys(const Kernels& kernels, const Projections& text, std::size_t head) {
  const std::size_t size = text.head_size();
  kernels.pack_rows(text.data + text.width + head * size, text.stride(), text.tokens, size, keys_.data());
  return {.data = keys_.data(), .depth = size, .columns = text.tokens};
}

/// V [tokens, head size].
PanelView Attention::pack_values(const Projections& text, std::size_t head) {
  const std::size_t size = text.head_size();
  const float* values = text.data + 2 * text.width + head * size;
  if (size % kPanel == 0) {  // they are panels where they are
    return {.data = values, .depth = text.tokens, .columns = size, .stride = kPanel, .row_stride = text.stride()};
  }
  for (std::size_t begin = 0; begin < size; begin += kPanel) {
    const std::size_t lanes = std::min(kPanel, size - begin);
    float* panel = values_.data() + begin * text.tokens;
    for (std::size_t token = 0; token < text.tokens; ++token) {
      std::memcpy(panel + token * kPanel, values + token * text.stride() + begin, lanes * sizeof(float));
      std::fill(panel + token * kPanel + lanes, panel + (token + 1) * kPanel, 0.0F);
    }
  }
  return {.data = values_.data(), .depth = text.tokens, .columns = size};
}

}  // namespace tapewatch::model
