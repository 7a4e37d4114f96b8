#pragma once
#include <string>
#include <string_view>

namespace tapewatch::storage {

/// The words of a text, as the full-text index keeps them: separated by one space, without case, accents and the
/// difference between half and full width (NFKC with case folding; then Latin, Greek and Cyrillic letters lose their
/// marks). What is neither letter, digit nor mark separates words.
///
/// Scripts that are written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) give every pair of
/// neighbouring letters as a word, and the last letter of a run alone: "中国银行" is "中国 国银 银行 行". Any part of a
/// run is then a phrase of the index, without a dictionary that would have to know the company's name.
///
/// Measured beside what else SQLite and ICU offer. On 10,000 English titles of 102 bytes: size of the index, titles
/// indexed per CPU second. On 100,000: a search for a word, for a phrase of two. On 12 Chinese, Japanese and Thai
/// titles: how many of 36 names in them are found.
///   unicode61 (before)  0.8 MB  190,000 a second   0.2 ms   0.2 ms   0
///   trigram             3.4 MB   46,000 a second   1.1 ms    10 ms  23 (a name of two letters holds no trigram)
///   words of ICU        0.8 MB  100,000 a second   0.2 ms   0.2 ms  31 (a Thai name is split differently in a
///   sentence) this                0.8 MB  170,000 a second   0.2 ms   0.2 ms  36
std::string search_words(std::string_view utf8);

/// A search term as consecutive words of the index.
struct SearchPhrase {
  std::string words;    ///< as search_words() gives them; empty: matches nothing
  bool prefix = false;  ///< the last word is a prefix
};

/// A run at the phrase's end may continue in the text: its last letter is not added alone, and one letter is a prefix.
SearchPhrase search_phrase(std::string_view utf8);

}  // namespace tapewatch::storage
