#include <stdexcept>

#include "storage/document/document_reader.hpp"

namespace tapewatch::storage {

namespace {

constexpr std::size_t max_words = 64;  // FTS5 nests one level a word

/// Something that the tokeniser may take as part of a word: a letter, a digit, or anything beyond ASCII.
bool has_word(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')) return true;
  }
  return false;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }

}  // namespace

std::string full_text_expression(std::string_view user_text) {
  std::string expression, word;
  std::size_t words = 0;
  bool in_phrase = false;
  const auto finish = [&] {
    if (has_word(word)) {
      if (++words > max_words) throw std::invalid_argument("more than 64 words in a full-text query");
      expression += (expression.empty() ? "\"" : " \"") + word + "\"";
    }
    word.clear();
  };
  for (const char c : user_text) {
    if (c == '"') {
      finish();
      in_phrase = !in_phrase;
    } else if (is_space(c) && !in_phrase) {
      finish();
    } else {
      word += c == '\0' ? ' ' : c;  // a quote never gets here, so nothing needs escaping
    }
  }
  finish();
  return expression;
}

}  // namespace tapewatch::storage
