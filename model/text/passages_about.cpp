// Tested by tests/model/rules_test.cpp
#include "model/text/passages_about.hpp"

#include <algorithm>
#include <array>

#include "model/text/sentences.hpp"

namespace tapewatch::model {
namespace {

constexpr std::array<std::string_view, 10> kForms = {"Inc.",  "Corp.", "Co.", "Cos.", "Ltd.",
                                                     "Bros.", "Mr.",   "Ms.", "Dr.",  "St."};

/// A sentence, also beyond an abbreviation that stands in names.
ByteSpan whole_sentence(std::string_view text, std::size_t at) {
  ByteSpan sentence = next_sentence(text, at);
  const auto ends_in_form = [&] {
    const auto words = text.substr(sentence.start, sentence.end - sentence.start);
    return std::ranges::any_of(kForms, [&](std::string_view form) { return words.ends_with(form); });
  };
  while (sentence.end < text.size() && ends_in_form()) {
    const ByteSpan next = next_sentence(text, sentence.end);
    if (next.start == next.end) break;
    sentence.end = next.end;
  }
  return sentence;
}

}  // namespace

std::string only_sentences_with(std::span<const ByteSpan> mentions, std::string_view text) {
  std::string kept(text.size(), ' ');
  for (ByteSpan sentence = whole_sentence(text, 0); sentence.start < sentence.end;
       sentence = whole_sentence(text, sentence.end)) {
    const bool named = std::ranges::any_of(
        mentions, [&](ByteSpan mention) { return mention.start < sentence.end && sentence.start < mention.end; });
    if (named) text.copy(kept.data() + sentence.start, sentence.end - sentence.start, sentence.start);
  }
  return kept;
}

}  // namespace tapewatch::model
