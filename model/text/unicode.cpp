#include "model/text/unicode.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "config/notation/utf8.hpp"
#include "model/text/decomposition.hpp"
#include "model/text/lookalikes.hpp"

namespace tapewatch::model {
namespace {

// The blocks that BERT's tokenizer separates; kana and hangul are not among them.
bool is_ideograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B820 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

std::size_t strip_accents(char32_t c, char32_t* out, bool lower_case) {
  std::array<char32_t, kMaxDecomposed> parts;
  auto length = decompose(c, Decomposition::canonical, parts);
  if (length == 0) parts[length++] = c;
  std::size_t count = 0;
  for (std::size_t i = 0; i < length && count < kMaxFolded; ++i) {
    const auto part = static_cast<UChar32>(parts[i]);
    if (u_charType(part) != U_NON_SPACING_MARK) {
      out[count++] = static_cast<char32_t>(lower_case ? u_tolower(part) : part);
    }
  }
  return count;
}

std::size_t keep_accents(char32_t c, char32_t* out, bool lower_case) {
  // The one character whose full lower case is longer than itself (Unicode's SpecialCasing.txt).
  constexpr char32_t kDottedI = 0x130, kDotAbove = 0x307;
  out[0] = lower_case ? static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))) : c;
  if (!lower_case || c != kDottedI) return 1;
  out[0] = 'i';
  out[1] = kDotAbove;
  return 2;
}

}  // namespace

CharacterClass classify(char32_t c) {
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return CharacterClass::space;
  if (c < 0x80) return c < 0x20 || c == 0x7F ? CharacterClass::dropped : CharacterClass::other;
  if (c == notation::kReplacement) return CharacterClass::dropped;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_SURROGATE:
      return CharacterClass::dropped;
    default:
      break;
  }
  if (u_isUWhiteSpace(static_cast<UChar32>(c))) return CharacterClass::space;
  return is_ideograph(c) ? CharacterClass::ideograph : CharacterClass::other;
}

std::size_t fold(char32_t c, char32_t* out, Folding folding) {
  if (c < 0x80) {
    out[0] = folding.lower_case && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    return 1;
  }
  if (folding.lookalikes) {
    if (const auto count = plain_form(c, out, kMaxFolded); count > 0) {
      if (folding.lower_case) std::transform(out, out + count, out, u_tolower);
      return count;
    }
  }
  return folding.strip_accents ? strip_accents(c, out, folding.lower_case) : keep_accents(c, out, folding.lower_case);
}

bool is_punctuation(char32_t c) {
  if (c < 0x80) return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
  return u_ispunct(static_cast<UChar32>(c));
}

}  // namespace tapewatch::model
