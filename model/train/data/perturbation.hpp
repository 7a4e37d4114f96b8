#pragma once
#include <span>
#include <string>
#include <string_view>

#include "model/train/data/training_text.hpp"

namespace tapewatch::model::train {

/// Changes to a headline, as other people make them, that keep its meaning.
enum class Change {
  number_format,  // 5% ↔ 5 percent, $500 million ↔ $500m, 1,200 ↔ 1200
  ticker,         // "Acme Corp (NYSE: ACM) rises": a symbol after the first name
  typing_error,   // in one or two words: two letters swapped, one missing, one doubled
  letter_case,    // ALL CAPITALS, all small, Title Case
  punctuation,    // punctuation at the ends of words missing or added, quotes and dashes in another form
  markup,         // &amp; &#39; &nbsp; <b>…</b> <br>
  link,           // an address at the end
};
inline constexpr Change kAllChanges[] = {Change::number_format, Change::ticker,      Change::typing_error,
                                         Change::letter_case,   Change::punctuation, Change::markup,
                                         Change::link};

/// The text with one change, or unchanged if nothing applies. Typing errors never affect words of fewer than five
/// letters, words that reverse a meaning (not, without, fails, …) or the first two letters of a word, which may be such
/// a prefix (un-, in-).
std::string changed(std::string_view text, Change change, Random& random);

/// The text with one to three changes of different kinds. One that would take away the mention of a name in `names`
/// (as find_mention sees it) is left out.
std::string perturbed(std::string_view text, std::span<const std::string_view> names, Random& random);

}  // namespace tapewatch::model::train
