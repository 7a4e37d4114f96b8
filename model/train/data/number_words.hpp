#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/train/data/training_text.hpp"

namespace tapewatch::model::train {

/// A word between two spaces: its text and the punctuation after it.
struct Word {
  std::string core;
  std::string tail;  // of . , ; : ! ? ' " ) ]
};
/// Splits at single spaces; empty words mark further spaces, so that join_words restores the text. At least one word.
std::vector<Word> split_words(std::string_view text);
std::string join_words(const std::vector<Word>& words);

/// Rewrites, by chance, each percentage, amount in millions or billions and long number in another usual form of the
/// same value: 5% – 5 percent – 5 pct, $1.5 billion – $1.5bn – $1.5 bln, 12,400 – 12400. Years stay.
std::string rewritten_numbers(std::string_view text, Random& random);

}  // namespace tapewatch::model::train
