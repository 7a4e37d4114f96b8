// Tested by tests/model/classifier_test.cpp
#include "model/layers/sentiment_head.hpp"

#include <algorithm>

#include "model/ops/elementary.hpp"

namespace tapewatch::model {
namespace {

// Far below what any output or rule adds: its exponential is exactly 0 beside theirs, yet it is finite.
constexpr float kImpossible = -1e4F;

}  // namespace

std::array<float, kSentiments> SentimentHead::merge(std::span<const float> row) const {
  std::array<float, kSentiments> logits;
  for (std::size_t label = 0; label < kSentiments; ++label) {
    const auto is_of_label = [&](std::size_t i) { return static_cast<std::size_t>(outputs[i]) == label; };
    std::size_t count = 0;
    float largest = kImpossible;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!is_of_label(i)) continue;
      largest = count++ == 0 ? row[i] : std::max(largest, row[i]);
    }
    logits[label] = largest;
    if (count < 2) continue;  // a single output is its own logit, bit for bit
    float sum = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (is_of_label(i)) sum += static_cast<float>(natural_exp(row[i] - largest));
    }
    logits[label] += static_cast<float>(natural_log(sum));
  }
  return logits;
}

}  // namespace tapewatch::model
