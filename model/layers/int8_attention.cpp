// Tested by tests/model/int8_encoder_test.cpp
#include "model/layers/int8_attention.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::model {

void Int8Attention::apply(const Kernels& kernels, const Projections& text, std::size_t queries, float* context) {
  const auto& int8 = kernels.int8;
  const std::size_t size = text.head_size(), columns = round_up(text.tokens, int8.panel);
  const float scale = 1.0F / std::sqrt(static_cast<float>(size));
  scores_.reserve(queries * columns);
  for (std::size_t head = 0; head < text.heads; ++head) {
    const float* query = text.data + head * size;
    const FloatRows keys{.data = query + text.width, .rows = text.tokens, .columns = size, .stride = text.stride()};
    int8.pack_keys(keys, keys_.reserve(kernels, size, text.tokens));
    int8.multiply({.a = queries_.quantise(kernels, query, text.stride(), queries, size),
                   .b = keys_.view(text.tokens),
                   .c = scores_.data(),
                   .c_stride = columns});
    const auto weights = weights_.reserve(kernels, queries, text.tokens);
    int8.softmax({.data = scores_.data(), .rows = queries, .columns = text.tokens, .stride = columns}, scale, weights);
    const FloatRows values{
        .data = query + 2 * text.width, .rows = text.tokens, .columns = size, .stride = text.stride()};
    int8.pack_values(values, values_.reserve(kernels, text.tokens, size));
    int8.multiply({.a = weights, .b = values_.view(size), .c = context + head * size, .c_stride = text.width});
  }
}

Int8Packing Int8Attention::Matrix::reserve(const Kernels& kernels, std::size_t depth, std::size_t outputs) {
  const std::size_t columns = round_up(outputs, kernels.int8.panel);
  data_.reserve(kernels.int8.matrix_bytes(depth, outputs));
  if (columns > scales_.size()) {  // what belongs to no column stays 0
    scales_.reserve(columns);
    bias_.reserve(columns);
    sums_.reserve(columns);
    std::ranges::fill(scales_.span(), 0.0F);
    std::ranges::fill(bias_.span(), 0.0F);
    std::ranges::fill(sums_.span(), 0);
  }
  return {.data = data_.data(), .scales = scales_.data(), .sums = sums_.data()};
}

Int8Matrix Int8Attention::Matrix::view(std::size_t outputs) const {
  return {.data = data_.data(),
          .outputs = outputs,
          .columns = {.scales = scales_.data(), .sums = sums_.data(), .bias = bias_.data()}};
}

}  // namespace tapewatch::model
