#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/train/data/training_text.hpp"

namespace tapewatch::model::train {

/// A word between two spaces: what it is and the signs behind it.
struct Word {
  std::string core;
  std::string tail;  // of . , ; : ! ? ' " ) ]
};
/// At single spaces; empty words stand for further ones, so that join_words gives the text again. At least one.
std::vector<Word> split_words(std::string_view text);
std::string join_words(const std::vector<Word>& words);

/// Each percentage, amount of millions or billions and long number, by chance, in another of its usual forms of the
/// same value: 5% – 5 percent – 5 pct, $1.5 billion – $1.5bn – $1.5 bln, 12,400 – 12400. Years stay.
std::string rewritten_numbers(std::string_view text, Random& random);

}  // namespace tapewatch::model::train
