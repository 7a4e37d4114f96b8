// Tested by tests/model/rules_test.cpp
#include "model/text/passages_about.hpp"

#include <algorithm>

#include "model/text/sentences.hpp"

namespace tapewatch::model {

std::string only_sentences_with(std::span<const ByteSpan> mentions, std::string_view text) {
  std::string kept(text.size(), ' ');
  for (ByteSpan sentence = first_sentence(text, 0); sentence.start < sentence.end;
       sentence = next_sentence(text, sentence.end)) {
    const bool named = std::ranges::any_of(mentions, [&](ByteSpan mention) { return overlap(mention, sentence); });
    if (named) text.copy(kept.data() + sentence.start, sentence.end - sentence.start, sentence.start);
  }
  return kept;
}

}  // namespace tapewatch::model
