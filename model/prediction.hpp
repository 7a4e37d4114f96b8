#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace tapewatch::model {

/// Order of the sentiment classes everywhere: positive, neutral, negative.
inline constexpr std::size_t kSentiments = 3;
enum class Sentiment : std::size_t { positive, neutral, negative };

/// What the model says of one text. Probabilities sum to 1 within each head.
struct Prediction {
  std::array<float, kSentiments> sentiment{};
  std::vector<float> topics;  // in the order of ModelPackage::topics()
  std::size_t tokens = 0;     // scored, [CLS] and [SEP] included
  bool truncated = false;     // the text went on past the model's window

  /// Sentiment in [-1, 1]: P(positive) − P(negative).
  float score() const { return sentiment[0] - sentiment[2]; }
  /// Index of the most probable class; the first of equals.
  std::size_t label() const { return largest(sentiment); }
  /// Index of the most probable topic; the first of equals, 0 where there are none.
  std::size_t topic() const { return largest(topics); }
  /// Probability of label().
  float confidence() const { return sentiment[label()]; }

 private:
  template <class Values>
  static std::size_t largest(const Values& values) {
    return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
  }
};

}  // namespace tapewatch::model
