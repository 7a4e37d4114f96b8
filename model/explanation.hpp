#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "model/classifier.hpp"

namespace tapewatch::model {

/// A word of the text, bytes [start, end), and how much of the label's probability hangs on it.
struct WordWeight {
  std::size_t start = 0, end = 0;
  float weight = 0;
};

/// Why a text has its label.
struct Explanation {
  Sentiment label{};              // the class that is explained: the predicted one
  float probability = 0;          // of it, with all words
  std::vector<WordWeight> words;  // of what was read, in the order of the text
  std::vector<RuleMatch> rules;   // the user's rules that apply; their part is in the weights of their words
  std::size_t scored = 0;         // texts that this took, the whole one included
};

struct ExplanationOptions {
  std::size_t max_removals = 28;  // texts with something removed; with the whole one and room, 30 × the cost of scoring
};

/// The words that the tokenizer's pieces make up: what stands without white space, less the punctuation at its ends
/// that is not part of an amount or a ticker ("(profit," is profit, "+5%" and "AT&T" are themselves).
std::vector<ByteSpan> words_of(std::string_view text, std::span<const Token> tokens);

/// Explains the predicted sentiment by occlusion: a word's weight is the drop of the predicted label's probability when
/// the word is taken out of the text (Zeiler & Fergus 2014 for images; Li, Monroe & Jurafsky 2016 for words), which is
/// the comprehensiveness of DeYoung et al. 2020 for a rationale of one word. Positive: the word speaks for the label.
/// Removing was chosen over [MASK] by measurement: with the built-in model of the time and the 68 texts of
/// explanation_test.cpp the label's probability falls by 0.44 without the fifth of the words found by removing, by 0.41
/// without those found by masking, by 0.07 without random ones; and a pruned vocabulary need not have a [MASK].
///
/// A text of more words than `max_removals` is cut into half as many groups of neighbours; then the group with the
/// largest effect is halved, again and again, until the removals are used up. Words that still share a group share its
/// weight in equal parts. Costs at most 1 + max_removals times the scoring of the text. On request only.
Explanation explain(Classifier& classifier, std::string_view text, const ExplanationOptions& options = {});

}  // namespace tapewatch::model
