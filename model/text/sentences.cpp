// Tested by tests/model/text/boilerplate_test.cpp
#include "model/text/sentences.hpp"

#include <algorithm>
#include <array>

namespace tapewatch::model {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool is_stop(char c) { return c == '.' || c == '!' || c == '?'; }

/// Whether a sentence may begin with this byte: a capital, a digit, an opening mark, or something that is not ASCII.
bool may_begin(char c) {
  constexpr std::string_view kOpening = "\"'([*-|";
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80 ||
         kOpening.find(c) != std::string_view::npos;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Whether the full stop at `at` follows a capital alone, as in a person's name.
bool is_initial(std::string_view text, std::size_t at) {
  if (text[at] != '.' || at == 0 || text[at - 1] < 'A' || text[at - 1] > 'Z') return false;
  return at == 1 || (!is_letter(text[at - 2]) && static_cast<unsigned char>(text[at - 2]) < 0x80);
}

/// Past the quotes and brackets that are closed at `at`.
std::size_t past_closing(std::string_view text, std::size_t at) {
  constexpr std::string_view kTypographic[] = {"”", "’", "»"};
  while (at < text.size()) {
    if (text[at] == '"' || text[at] == '\'' || text[at] == ')' || text[at] == ']') {
      ++at;
      continue;
    }
    const auto* const quote =
        std::ranges::find_if(kTypographic, [&](std::string_view one) { return text.substr(at).starts_with(one); });
    if (quote == std::end(kTypographic)) break;
    at += quote->size();
  }
  return at;
}

constexpr std::array<std::string_view, 10> kForms = {"Inc.",  "Corp.", "Co.", "Cos.", "Ltd.",
                                                     "Bros.", "Mr.",   "Ms.", "Dr.",  "St."};

}  // namespace

ByteSpan next_sentence(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  const std::size_t start = at;
  while (at < text.size() && !is_line_end(text[at])) {
    const std::size_t stop = at++;
    if (!is_stop(text[stop]) || is_initial(text, stop)) continue;
    const std::size_t closed = past_closing(text, at);
    std::size_t next = closed;
    while (next < text.size() && is_blank(text[next])) ++next;
    if (next > closed && (next == text.size() || may_begin(text[next]))) return {start, closed};
  }
  while (at > start && is_blank(text[at - 1])) --at;
  return {start, at};
}

ByteSpan first_sentence(std::string_view text, std::size_t at) {
  ByteSpan sentence = next_sentence(text, at);
  const auto ends_in_form = [&] {
    const auto words = text.substr(sentence.start, sentence.end - sentence.start);
    return std::ranges::any_of(kForms, [&](std::string_view form) { return words.ends_with(form); });
  };
  while (sentence.end < text.size() && ends_in_form()) {
    const ByteSpan next = next_sentence(text, sentence.end);
    const auto between = text.substr(sentence.end, next.start - sentence.end);
    if (next.start == next.end || std::ranges::any_of(between, is_line_end)) break;
    sentence.end = next.end;
  }
  return sentence;
}

}  // namespace tapewatch::model
