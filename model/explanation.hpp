#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "model/text_classifier.hpp"

namespace tapewatch::model {

/// A word of the text, bytes [start, end), and how much of the label's probability depends on it.
struct WordWeight {
  std::size_t start = 0, end = 0;
  float weight = 0;
  float risk_weight = 0;  // the same for the probability of the risk event; 0 where none is told
};

/// Why a text has its label.
struct Explanation {
  Sentiment label{};              // the class that is explained: the predicted one
  float probability = 0;          // of it, with all words
  RiskScore risk;                 // with all words
  std::vector<WordWeight> words;  // of the text that was read, in its order
  std::vector<RuleMatch> rules;   // the user's rules that apply; the weights of their words include them
  BoilerplateSpans left_out;      // of the text, and so without a weight
  ComparisonReading comparisons;  // figures side by side; the weights of their words include what they add
  std::size_t scored = 0;         // texts scored for this, including the complete one
};

struct ExplanationOptions {
  std::size_t max_removals = 28;  // texts with something removed; plus the complete one: below 30 × the cost
};

/// The words formed by the tokenizer's pieces: runs without white space, minus leading and trailing punctuation that is
/// not part of an amount or a ticker ("(profit," is profit, "+5%" and "AT&T" stay).
std::vector<ByteSpan> words_of(std::string_view text, std::span<const Token> tokens);

/// Explains the predicted sentiment by occlusion: a word's weight is the drop in the predicted label's probability when
/// the word is removed from the text (Zeiler & Fergus 2014 for images; Li, Monroe & Jurafsky 2016 for words), which is
/// the comprehensiveness of DeYoung et al. 2020 for a rationale of one word. Positive: the word supports the label.
/// Removing was chosen over [MASK] by measurement: with the built-in model of the time and the 68 texts of
/// explanation_test.cpp the label's probability falls by 0.44 without the fifth of the words found by removing, by 0.41
/// without those found by masking, by 0.07 without random ones; and a pruned vocabulary may lack [MASK].
///
/// A text of more words than `max_removals` is divided into half as many groups of neighbours; then the group with the
/// largest effect is halved repeatedly until the removals are used up. Words that still share a group share its weight
/// in equal parts. Costs at most 1 + max_removals times the scoring of the text. Only on request.
/// The text alone counts of the input, and where neutral begins for it.
Explanation explain(TextClassifier& classifier, const TextInput& input, const ExplanationOptions& options = {});

}  // namespace tapewatch::model
