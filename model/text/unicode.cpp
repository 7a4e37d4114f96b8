#include "model/text/unicode.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <stdexcept>

namespace tapewatch::model {
namespace {

const UNormalizer2* nfd() {
  static const UNormalizer2* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* normalizer = unorm2_getNFDInstance(&status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU has no NFD data");
    return normalizer;
  }();
  return instance;
}

// The blocks that BERT's tokenizer separates; kana and hangul are not among them.
bool is_ideograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B820 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

std::size_t strip_accents(char32_t c, char32_t* out, bool lower_case) {
  UChar units[kMaxFolded * 2];
  UErrorCode status = U_ZERO_ERROR;
  auto length = unorm2_getDecomposition(nfd(), static_cast<UChar32>(c), units, kMaxFolded * 2, &status);
  if (length < 0 || U_FAILURE(status)) {
    length = 0;
    U16_APPEND_UNSAFE(units, length, static_cast<UChar32>(c));
  }
  std::size_t count = 0;
  for (std::int32_t i = 0; i < length && count < kMaxFolded;) {
    UChar32 part = 0;
    U16_NEXT_UNSAFE(units, i, part);
    if (u_charType(part) != U_NON_SPACING_MARK)
      out[count++] = static_cast<char32_t>(lower_case ? u_tolower(part) : part);
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

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const std::uint32_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // Table 3-7 of the Unicode Standard: the second byte's range depends on the first.
  const unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t value = lead & (0x7FU >> length);
  for (std::uint32_t i = 1; i < length; ++i) {
    if (at + i >= text.size()) return {kReplacement, i};
    const auto next = byte(at + i);
    const bool fits = i == 1 ? next >= lowest && next <= highest : (next & 0xC0) == 0x80;
    if (!fits) return {kReplacement, i};
    value = value << 6 | (next & 0x3FU);
  }
  return {value, length};
}

std::size_t encode_utf8(char32_t c, char* out) {
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  const std::size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (std::size_t i = length; i-- > 1; c >>= 6) out[i] = static_cast<char>(0x80 | (c & 0x3F));
  constexpr unsigned char kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  out[0] = static_cast<char>(kLead[length] | c);
  return length;
}

CharacterClass classify(char32_t c) {
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return CharacterClass::space;
  if (c < 0x80) return c < 0x20 || c == 0x7F ? CharacterClass::dropped : CharacterClass::other;
  if (c == kReplacement) return CharacterClass::dropped;
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
  return folding.strip_accents ? strip_accents(c, out, folding.lower_case) : keep_accents(c, out, folding.lower_case);
}

bool is_punctuation(char32_t c) {
  if (c < 0x80) return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
  return u_ispunct(static_cast<UChar32>(c));
}

}  // namespace tapewatch::model
