#include "ingest/story/story_key.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "ingest/document/content_hash.hpp"
#include "ingest/story/headline.hpp"
#include "ingest/text/folded_text.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    words += c != ' ' && !inside;
    inside = c != ' ';
  }
  return words;
}

// A name of a publisher: a few words, each with a capital, a dot ("reuters.com") or short and joining ("of", "the").
bool looks_like_source(std::string_view text) {
  constexpr std::size_t kMostWords = 4;
  constexpr std::size_t kMostBytes = 40;
  if (text.empty() || text.size() > kMostBytes || count_words(text) > kMostWords) return false;
  bool named = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    std::int32_t i = 0;
    UChar32 first = 0;
    U8_NEXT(word.data(), i, static_cast<std::int32_t>(word.size()), first);
    const std::size_t dot = word.find('.');
    const bool capital = u_isupper(first) || (dot != std::string_view::npos && dot + 1 < word.size());
    if (!capital && word != "of" && word != "the" && word != "and" && word != "&" && word != "de") return false;
    named = named || capital;
    at = end + 1;
  }
  return named;
}

// "Headline of four words or more - Source". Shorter heads ("Fed decision - Rates Up") keep their tail: there it tells
// stories apart more often than it names a publisher.
std::string_view without_source(std::string_view title) {
  constexpr std::size_t kFewestWords = 4;
  constexpr std::string_view kSeparators[] = {" - ", " | ", " \u2013 ", " \u2014 ", " \u00B7 "};
  std::size_t cut = std::string_view::npos;
  std::size_t tail = 0;
  for (const std::string_view separator : kSeparators) {
    const std::size_t at = title.rfind(separator);
    if (at != std::string_view::npos && (cut == std::string_view::npos || at > cut)) {
      cut = at;
      tail = at + separator.size();
    }
  }
  if (cut == std::string_view::npos || count_words(title.substr(0, cut)) < kFewestWords ||
      !looks_like_source(title.substr(tail))) {
    return title;
  }
  return title.substr(0, cut);
}

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

// Punctuation becomes nothing inside a word ("u.s." is "us") and a space between words, except what changes a number:
// a decimal point and a leading minus stay, a thousands comma goes.
std::string without_punctuation(std::string_view folded) {
  std::string kept;
  const auto gap = [&kept] {
    if (!kept.empty() && kept.back() != ' ') kept += ' ';
  };
  for (std::size_t at = 0; at < folded.size();) {
    auto next = static_cast<std::int32_t>(at);
    UChar32 c = 0;
    U8_NEXT(folded.data(), next, static_cast<std::int32_t>(folded.size()), c);
    const auto end = static_cast<std::size_t>(next);
    const bool after_digit = at > 0 && is_digit_at(folded, at - 1);
    if (c == '.' && after_digit && is_digit_at(folded, end)) {
      kept += '.';
    } else if (c == '-' && is_digit_at(folded, end) && (at == 0 || folded[at - 1] == ' ')) {
      gap();
      kept += '-';
    } else if (c == ' ' || (c != '.' && c != ',' && c != '\'' && u_ispunct(c)) ||
               (c == ',' && !(after_digit && is_digit_at(folded, end)))) {
      gap();
    } else if (!u_ispunct(c)) {
      kept.append(folded, at, end - at);
    }
    at = end;
  }
  if (!kept.empty() && kept.back() == ' ') kept.pop_back();
  return kept;
}

}  // namespace

std::string story_key(std::string_view title) {
  const std::string line = single_line(title);
  const std::string told = without_punctuation(fold(without_source(without_links(line))));
  return hash_hex(told.empty() ? line : told);
}

}  // namespace tapewatch::ingest
