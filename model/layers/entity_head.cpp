#include "model/layers/entity_head.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tapewatch::model {
namespace {

/// The mean of the states of `ranges`, rows of `states` [·, hidden].
void mean_of(const float* states, std::size_t hidden, std::span<const TokenRange> ranges, float* mean) {
  std::fill_n(mean, hidden, 0.0F);
  std::size_t count = 0;
  for (const auto& range : ranges) {
    for (std::size_t row = range.first; row < range.last; ++row) {
      for (std::size_t k = 0; k < hidden; ++k) mean[k] += states[row * hidden + k];
    }
    count += range.size();
  }
  const float factor = 1.0F / static_cast<float>(count);
  for (std::size_t k = 0; k < hidden; ++k) mean[k] *= factor;
}

}  // namespace

void EntityAttention::reserve(std::size_t tokens, std::size_t questions, const EntityHead& head) {
  const std::size_t hidden = head.query.inputs();
  joined_.reserve(questions * 2 * hidden);
  queries_.reserve(questions * hidden);
  projections_.reserve(tokens * 2 * hidden);
  weights_.reserve(tokens * head.heads);
  context_.reserve(questions * hidden);
  attended_.reserve(questions * hidden);
  logits_.reserve(questions * head.classifier.outputs());
  risks_.reserve(questions * head.risk.outputs());
}

std::span<const float> EntityAttention::apply(const Kernels& kernels, const EntityHead& head, const Batch& batch,
                                              const float* states, std::span<const EntityQuestion> questions) {
  const std::size_t hidden = head.query.inputs();
  const std::size_t count = questions.size();
  reserve(batch.tokens(), count, head);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& question = questions[i];
    const TokenRange all{0, batch.length(question.text)};
    mean_of(states + batch.starts[question.text] * hidden, hidden,
            question.mentions.empty() ? std::span(&all, 1) : question.mentions, joined_.data() + i * 2 * hidden);
  }
  head.query.apply(kernels, joined_.data(), 2 * hidden, count, queries_.data());
  project(kernels, head, batch, states, questions);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t text = questions[i].text;
    attend(kernels, head, {batch.starts[text], batch.starts[text + 1]}, queries_.data() + i * hidden,
           context_.data() + i * hidden);
  }
  head.output.apply(kernels, context_.data(), hidden, count, attended_.data());
  kernels.gelu(attended_.data(), count * hidden);
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(joined_.data() + (2 * i + 1) * hidden, attended_.data() + i * hidden, hidden * sizeof(float));
  }
  head.classifier.apply(kernels, joined_.data(), 2 * hidden, count, logits_.data());
  if (head.risk.outputs() > 0) head.risk.apply(kernels, joined_.data(), 2 * hidden, count, risks_.data());
  return logits_.span().first(count * head.classifier.outputs());
}

/// Keys and values of the texts with questions; neighbouring texts share one matrix product.
void EntityAttention::project(const Kernels& kernels, const EntityHead& head, const Batch& batch, const float* states,
                              std::span<const EntityQuestion> questions) {
  const std::size_t hidden = head.query.inputs();
  for (std::size_t i = 0; i < questions.size();) {
    const std::size_t first = questions[i].text;
    std::size_t last = first + 1;
    while (++i < questions.size() && questions[i].text <= last) last = questions[i].text + 1;
    const std::size_t begin = batch.starts[first];
    head.key_value.apply(kernels, states + begin * hidden, hidden, batch.starts[last] - begin,
                         projections_.data() + begin * 2 * hidden);
  }
}

/// One query [hidden] attends to the tokens `rows` of the batch: context [hidden].
void EntityAttention::attend(const Kernels& kernels, const EntityHead& head, TokenRange rows, const float* query,
                             float* context) {
  const std::size_t hidden = head.query.inputs();
  const std::size_t size = hidden / head.heads;
  const float* keys = projections_.data() + rows.first * 2 * hidden;
  const float* values = keys + hidden;
  for (std::size_t k = 0; k < head.heads; ++k) {
    for (std::size_t token = 0; token < rows.size(); ++token) {
      float product = 0;
      for (std::size_t d = k * size; d < (k + 1) * size; ++d) product += query[d] * keys[token * 2 * hidden + d];
      weights_.data()[k * rows.size() + token] = product;
    }
  }
  kernels.softmax({.data = weights_.data(), .rows = head.heads, .columns = rows.size(), .stride = rows.size()},
                  1.0F / std::sqrt(static_cast<float>(size)));
  std::fill_n(context, hidden, 0.0F);
  for (std::size_t token = 0; token < rows.size(); ++token) {
    for (std::size_t k = 0; k < head.heads; ++k) {
      const float weight = weights_.data()[k * rows.size() + token];
      for (std::size_t d = k * size; d < (k + 1) * size; ++d) context[d] += weight * values[token * 2 * hidden + d];
    }
  }
}

}  // namespace tapewatch::model
