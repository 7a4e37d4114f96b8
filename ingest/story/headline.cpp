// Tested by tests/ingest/story/story_likeness_test.cpp
#include "ingest/story/headline.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/story/headline_words.hpp"
#include "ingest/text/folded_text.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool starts_with_capital(std::string_view word) {
  std::int32_t i = 0;
  UChar32 first = 0;
  U8_NEXT(word.data(), i, static_cast<std::int32_t>(word.size()), first);
  return u_isupper(first);
}

bool all_capitals(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), notation::is_ascii_upper);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// ---- what wires put in front
// -----------------------------------------------------------------------------------------

/// The bytes of a wire word at the start, with its number and its brackets ("UPDATE 2", "(OFFICIAL)"); 0: none.
std::size_t wire_word(std::string_view text, std::string& word) {
  const bool bracket = text.starts_with('(') || text.starts_with('[');
  std::size_t at = bracket ? 1 : 0;
  if (at >= text.size() || !notation::is_ascii_upper(text[at])) return 0;  // "brief" alone is a word of the sentence
  const std::string folded = fold(text.substr(at, 24));
  const std::string_view found = wire_prefix(folded);
  if (found.empty()) return 0;
  word = found;
  at += found.size();
  std::size_t number = at;
  while (number < text.size() && text[number] == ' ') ++number;
  std::size_t digits = number;
  while (digits < text.size() && notation::is_digit(text[digits])) ++digits;
  if (digits > number) at = digits;
  if (!bracket) return at;
  return at < text.size() && (text[at] == ')' || text[at] == ']') ? at + 1 : 0;
}

/// The bytes of what stands between a wire word and the headline: a dash, a colon or a bar with its spaces.
std::size_t separator(std::string_view text, bool bracketed) {
  constexpr std::string_view kSigns[] = {"-", ":", "|", "\u2013", "\u2014"};
  std::size_t at = 0;
  while (at < text.size() && text[at] == ' ') ++at;
  bool found = bracketed;
  for (const std::string_view sign : kSigns) {
    if (!text.substr(at).starts_with(sign)) continue;
    at += sign.size();
    found = true;
    break;
  }
  while (at < text.size() && text[at] == ' ') ++at;
  return found && at < text.size() ? at : 0;
}

std::string_view without_prefixes(std::string_view text, bool& correction) {
  for (;;) {
    if (text.starts_with('*') || text.starts_with(' ')) {
      text.remove_prefix(1);
      continue;
    }
    std::string word;
    const std::size_t end = wire_word(text, word);
    const std::size_t gap = end == 0 ? 0 : separator(text.substr(end), text[end - 1] == ')' || text[end - 1] == ']');
    if (gap == 0) return text;
    correction = correction || word.starts_with("correct") || word.starts_with("clarif");
    text.remove_prefix(end + gap);
  }
}

// ---- what publishers put behind
// --------------------------------------------------------------------------------------

/// A few words, each with a capital, a dot ("reuters.com") or short and joining ("of", "the").
bool looks_like_name(std::string_view text) {
  constexpr std::size_t kMostWords = 4;
  constexpr std::size_t kMostBytes = 40;
  const auto words = words_of(text);
  if (words.empty() || text.size() > kMostBytes || words.size() > kMostWords) return false;
  bool named = false;
  for (const std::string_view word : words) {
    const std::size_t dot = word.find('.');
    const bool capital = starts_with_capital(word) || (dot != std::string_view::npos && dot + 1 < word.size());
    if (!capital && word != "of" && word != "the" && word != "and" && word != "&" && word != "de") return false;
    named = named || capital;
  }
  return named;
}

bool is_publisher(std::string_view text) {
  const auto words = words_of(text);
  return std::any_of(words.begin(), words.end(), [](std::string_view word) {
    const std::size_t dot = word.find('.');
    return is_publisher_word(fold(word)) || (dot != std::string_view::npos && dot > 1 && dot + 2 < word.size());
  });
}

/// "sources", "state media", "company filing": who says so, not what.
bool is_attribution(std::string_view text) {
  const auto words = words_of(text);
  return !words.empty() && words.size() <= 3 && is_attribution_word(fold(words.back()));
}

/// Whether the words in front of the tail name anybody, so that the tail need not: a capital inside the sentence, or a
/// first word that no form letter begins with.
bool names_somebody(std::string_view head) {
  const auto words = words_of(head);
  const auto lower = [](std::string_view word) { return word.size() > 3 && !starts_with_capital(word); };
  const bool sentence = std::any_of(words.begin() + 1, words.end(), lower);
  const bool named = sentence && std::any_of(words.begin() + 1, words.end(), starts_with_capital);
  return named || !is_form_letter_word(fold(words.front()));
}

bool is_dispensable(std::string_view head, std::string_view tail, bool bar) {
  constexpr std::size_t kFewestWords = 4;
  const auto words = words_of(head);
  if (words.size() < kFewestWords) return words.size() >= 2 && is_publisher(tail) && looks_like_name(tail);
  if (is_attribution(tail)) return true;
  if (!looks_like_name(tail)) return false;
  if (is_publisher(tail) || bar) return true;
  constexpr std::size_t kLongestTicker = 5;
  if (all_capitals(tail) && tail.size() <= kLongestTicker) return false;
  return names_somebody(head);
}

struct Cut {
  std::size_t head, tail;
  bool bar;
};

std::optional<Cut> last_separator(std::string_view text) {
  constexpr std::string_view kSeparators[] = {" - ", " | ", " \u2013 ", " \u2014 ", " \u00B7 ", " -"};
  std::optional<Cut> cut;
  for (const std::string_view sign : kSeparators) {
    const std::size_t at = text.rfind(sign);
    if (at == std::string_view::npos || (cut && at <= cut->head)) continue;
    if (sign == " -" && (at + 2 >= text.size() || notation::is_digit(text[at + 2]))) continue;  // a minus
    cut = Cut{at, at + sign.size(), sign[1] == '|'};
  }
  return cut;
}

/// "Headline (AP)", "Headline (Video)", "Headline: Bloomberg".
std::string_view without_note(std::string_view text) {
  if (text.ends_with(')')) {
    const std::size_t open = text.rfind(" (");
    if (open == std::string_view::npos || open == 0) return text;
    const std::string_view inside = text.substr(open + 2, text.size() - open - 3);
    if (is_publisher(inside) || is_note_word(fold(inside))) return trimmed(text.substr(0, open));
    return text;
  }
  const std::size_t colon = text.rfind(": ");
  if (colon == std::string_view::npos || words_of(text.substr(0, colon)).size() < 4) return text;
  const std::string_view tail = text.substr(colon + 2);
  const auto words = words_of(tail);
  return words.size() <= 2 && is_publisher(tail) && looks_like_name(tail) ? text.substr(0, colon) : text;
}

std::string_view without_tails(std::string_view text) {
  for (;;) {
    const std::size_t before = text.size();
    text = without_note(trimmed(text));
    if (const auto cut = last_separator(text)) {
      const std::string_view head = trimmed(text.substr(0, cut->head)), tail = trimmed(text.substr(cut->tail));
      if (is_dispensable(head, tail, cut->bar)) text = head;
    }
    if (text.size() == before) return text;
  }
}

/// "profit rises 6% (not falls)": what a correction takes back at its end.
std::string_view without_denial(std::string_view text) {
  const std::size_t open = text.rfind(" (not ");
  return open != std::string_view::npos && open > 0 && text.ends_with(')') ? trimmed(text.substr(0, open)) : text;
}

bool is_link(std::string_view word) {
  const std::string folded = fold(word);
  return folded.starts_with("http://") || folded.starts_with("https://") || folded.starts_with("www.");
}

}  // namespace

std::string without_links(std::string_view line) {
  std::string kept;
  for (const std::string_view word : words_of(line)) {
    if (!is_link(word)) kept.append(kept.empty() ? "" : " ").append(word);
  }
  return kept;
}

Headline read_headline(std::string_view title) {
  const std::string line = without_links(single_line(title));
  Headline headline;
  std::string_view text = without_prefixes(line, headline.correction);
  if (headline.correction) text = without_denial(text);
  headline.text = without_tails(text);
  return headline;
}

}  // namespace tapewatch::ingest
