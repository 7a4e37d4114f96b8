// Tested by tests/model/rules_test.cpp
#include "model/text/passages_about.hpp"

#include <algorithm>

#include "model/text/sentences.hpp"

namespace tapewatch::model {

std::vector<ByteSpan> sentences_with(std::span<const ByteSpan> mentions, std::string_view text) {
  std::vector<ByteSpan> sentences;
  for (ByteSpan sentence = first_sentence(text, 0); sentence.start < sentence.end;
       sentence = next_sentence(text, sentence.end)) {
    const bool named = std::ranges::any_of(mentions, [&](ByteSpan mention) { return overlap(mention, sentence); });
    if (named) sentences.push_back(sentence);
  }
  return sentences;
}

std::string only_sentences_with(std::span<const ByteSpan> mentions, std::string_view text) {
  std::string kept(text.size(), ' ');
  for (const ByteSpan sentence : sentences_with(mentions, text)) {
    text.copy(kept.data() + sentence.start, sentence.end - sentence.start, sentence.start);
  }
  return kept;
}

}  // namespace tapewatch::model
