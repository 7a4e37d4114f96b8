// Tested by tests/model/language/language_recogniser_test.cpp
#include "model/language/language_features.hpp"

#include <unicode/uchar.h>
#include <xxhash.h>

#include <algorithm>
#include <array>

#include "config/notation/utf8.hpp"

namespace tapewatch::model {
namespace {

constexpr std::size_t kLongest = 4;       // letters of a run
constexpr std::size_t kWordLetters = 24;  // of a word that are read
constexpr char32_t kEdge = U'_';          // of a word

enum Kind : std::uint64_t { kSmall = 0, kCapital = 1, kWhole = 2 };

/// A word in small letters between its edges.
struct Word {
  std::array<char32_t, kWordLetters + 2> letters{};
  std::size_t size = 0;
  bool capital = false, all_capitals = false, latin = true;
};

/// Letters of the Latin alphabet are below U+0250 and, with two marks, in a block of their own.
bool is_latin(UChar32 c) { return c < 0x250 || (c >= 0x1E00 && c < 0x1F00); }

bool is_mark(std::string_view word) {
  return word.find("://") != std::string_view::npos || word.starts_with("www.") || word.front() == '$' ||
         word.front() == '#' || word.front() == '@';
}

/// The next run of letters with apostrophes and hyphens between them; size 0: there is none in `text` from `at` on.
Word next_word(std::string_view text, std::size_t& at) {
  Word word;
  word.all_capitals = true;
  word.letters[word.size++] = kEdge;
  bool in_word = false;
  while (at < text.size()) {
    const auto point = notation::decode_utf8(text, at);
    const auto c = static_cast<UChar32>(point.value);
    const bool letter = point.well_formed && u_isalpha(c);
    if (!letter && in_word) break;
    at += point.length;
    if (!letter) continue;
    const bool upper = u_isupper(c) || u_istitle(c);
    if (!in_word) word.capital = upper;
    word.all_capitals = word.all_capitals && upper;
    in_word = true;
    word.latin = word.latin && is_latin(c);
    if (word.size <= kWordLetters) word.letters[word.size++] = static_cast<char32_t>(u_tolower(c));
  }
  if (!in_word) return {};
  word.letters[word.size++] = kEdge;
  return word;
}

/// The words of the text, without links, cashtags, hashtags and handles.
std::vector<Word> words_of(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<Word> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(kBlanks, at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kBlanks, at), text.size());
    const auto run = text.substr(at, end - at);
    at = end;
    if (is_mark(run)) continue;
    for (std::size_t within = 0; within < run.size();) {
      const Word word = next_word(run, within);
      if (word.size == 0) break;
      if (!word.latin) continue;
      words.push_back(word);
      if (words.size() == LanguageFeatures::kMostWords) return words;
    }
  }
  return words;
}

std::uint32_t place(const char32_t* letters, std::size_t count, Kind kind, std::size_t buckets) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(letters, count * sizeof *letters, kind) % buckets);
}

}  // namespace

std::size_t LanguageFeatures::read(std::string_view text, std::vector<std::uint32_t>& places) const {
  places.clear();
  const auto words = words_of(text);
  const bool shouted = std::ranges::all_of(words, [](const Word& word) { return word.all_capitals; });
  for (const auto& word : words) {
    const Kind kind = word.capital && !shouted ? kCapital : kSmall;
    places.push_back(place(word.letters.data(), word.size, static_cast<Kind>(kWhole + kind), buckets_));
    for (std::size_t length = 1; length <= kLongest; ++length) {
      for (std::size_t first = 0; first + length <= word.size; ++first) {
        places.push_back(place(word.letters.data() + first, length, kind, buckets_));
      }
    }
  }
  return words.size();
}

}  // namespace tapewatch::model
