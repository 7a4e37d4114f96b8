#pragma once

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "model/gravity.hpp"

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

/// Which risk event a text tells, and how grave it is: two answers of one head.
struct RiskScore {
  boost::container::small_vector<float, 20> events;  // none first, then in the order of ModelConfig::events
  std::array<float, kGravities> gravities{};         // by Gravity

  /// Whether an event is more probable than none: both answers have the same probability of none.
  bool told() const { return !events.empty() && events.front() < 0.5F; }
  /// Index into ModelConfig::events of the most probable event; nothing where none is told.
  std::optional<std::size_t> event() const {
    return told() ? std::optional(index_of_largest(std::span(events).subspan(1))) : std::nullopt;
  }
  Gravity gravity() const {
    return told() ? static_cast<Gravity>(1 + index_of_largest(std::span(gravities).subspan(1))) : Gravity::none;
  }
};

/// The model's result for one text. Probabilities sum to 1 within each head. Usual sizes take nothing from the heap.
struct Prediction {
  using Topics = boost::container::small_vector<float, 24>;

  std::array<float, kSentiments> sentiment{};
  Topics topics;  // in the order of ModelPackage::topics(); empty if the model has none
  boost::container::small_vector<SentimentScore, 2>
      entities;    // towards each entity asked about; empty if the model has no entity head
  RiskScore risk;  // without events if the model has no risk head
  boost::container::small_vector<RiskScore, 2> entity_risks;  // what happens to each entity asked about; or empty
  std::size_t tokens = 0;                                     // scored, [CLS] and [SEP] included
  bool truncated = false;                                     // the text is longer than what was read

  float score() const { return score_of(sentiment); }
  /// The most probable class; the first of equals.
  Sentiment label() const { return static_cast<Sentiment>(index_of_largest(sentiment)); }
  /// Index of the most probable topic; the first of equals, 0 if there are none.
  std::size_t topic() const { return index_of_largest(topics); }
  /// Probability of label().
  float confidence() const { return sentiment[index_of_largest(sentiment)]; }
};

}  // namespace tapewatch::model
