#pragma once

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tapewatch::model {

/// The order of the sentiment classes everywhere: positive, neutral, negative.
inline constexpr std::size_t kSentiments = 3;
enum class Sentiment : std::size_t { positive, neutral, negative };
inline constexpr std::array<std::string_view, kSentiments> kSentimentNames = {"positive", "neutral", "negative"};

inline std::string_view to_string(Sentiment sentiment) { return kSentimentNames[static_cast<std::size_t>(sentiment)]; }

inline std::optional<Sentiment> sentiment_named(std::string_view name) {
  const auto found = std::find(kSentimentNames.begin(), kSentimentNames.end(), name);
  if (found == kSentimentNames.end()) return std::nullopt;
  return static_cast<Sentiment>(found - kSentimentNames.begin());
}

/// Index of the largest value; the first of equals, 0 if there are none.
template <class Values>
std::size_t index_of_largest(const Values& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

/// Sentiment in [-1, 1]: P(positive) − P(negative).
inline float score_of(const std::array<float, kSentiments>& probabilities) {
  constexpr auto kPositive = static_cast<std::size_t>(Sentiment::positive);
  constexpr auto kNegative = static_cast<std::size_t>(Sentiment::negative);
  return probabilities[kPositive] - probabilities[kNegative];
}

/// P(positive), P(neutral), P(negative), which sum to 1.
struct SentimentScore {
  std::array<float, kSentiments> probabilities{};

  float score() const { return score_of(probabilities); }
  /// The most probable class; the first of equals.
  Sentiment label() const { return static_cast<Sentiment>(index_of_largest(probabilities)); }
  /// Probability of label().
  float confidence() const { return probabilities[index_of_largest(probabilities)]; }
};

/// The model's result for one text. Probabilities sum to 1 within each head. Usual sizes take nothing from the heap.
struct Prediction {
  using Topics = boost::container::small_vector<float, 24>;

  std::array<float, kSentiments> sentiment{};
  Topics topics;  // in the order of ModelPackage::topics(); empty if the model has none
  boost::container::small_vector<SentimentScore, 2>
      entities;            // towards each entity asked about; empty if the model has no entity head
  std::size_t tokens = 0;  // scored, [CLS] and [SEP] included
  bool truncated = false;  // the text is longer than what was read

  float score() const { return score_of(sentiment); }
  /// The most probable class; the first of equals.
  Sentiment label() const { return static_cast<Sentiment>(index_of_largest(sentiment)); }
  /// Index of the most probable topic; the first of equals, 0 if there are none.
  std::size_t topic() const { return index_of_largest(topics); }
  /// Probability of label().
  float confidence() const { return sentiment[index_of_largest(sentiment)]; }
};

}  // namespace tapewatch::model
