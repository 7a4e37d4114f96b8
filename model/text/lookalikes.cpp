#include "model/text/lookalikes.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "config/notation/utf8.hpp"
#include "model/text/decomposition.hpp"
#include "model/text/unicode.hpp"

namespace tapewatch::model {
namespace {

// Letters of one shape in common typefaces, in the order of the first.
constexpr std::pair<char32_t, char32_t> kLatinOf[] = {
    {U'ɑ', U'a'}, {U'ɡ', U'g'}, {U'Α', U'A'}, {U'Β', U'B'}, {U'Ε', U'E'}, {U'Ζ', U'Z'}, {U'Η', U'H'}, {U'Ι', U'I'},
    {U'Κ', U'K'}, {U'Μ', U'M'}, {U'Ν', U'N'}, {U'Ο', U'O'}, {U'Ρ', U'P'}, {U'Τ', U'T'}, {U'Υ', U'Y'}, {U'Χ', U'X'},
    {U'α', U'a'}, {U'ι', U'i'}, {U'κ', U'k'}, {U'ν', U'v'}, {U'ο', U'o'}, {U'ρ', U'p'}, {U'τ', U't'}, {U'υ', U'u'},
    {U'χ', U'x'}, {U'ϲ', U'c'}, {U'ϳ', U'j'}, {U'Ѕ', U'S'}, {U'І', U'I'}, {U'Ј', U'J'}, {U'А', U'A'}, {U'В', U'B'},
    {U'Е', U'E'}, {U'К', U'K'}, {U'М', U'M'}, {U'Н', U'H'}, {U'О', U'O'}, {U'Р', U'P'}, {U'С', U'C'}, {U'Т', U'T'},
    {U'У', U'Y'}, {U'Х', U'X'}, {U'а', U'a'}, {U'е', U'e'}, {U'к', U'k'}, {U'о', U'o'}, {U'р', U'p'}, {U'с', U'c'},
    {U'у', U'y'}, {U'х', U'x'}, {U'ѕ', U's'}, {U'і', U'i'}, {U'ј', U'j'}, {U'Ѵ', U'V'}, {U'ѵ', U'v'}, {U'һ', U'h'},
    {U'Ӏ', U'I'}, {U'ӏ', U'l'}, {U'ԁ', U'd'}, {U'ԛ', U'q'}, {U'Ԝ', U'W'}, {U'ԝ', U'w'}};
static_assert(std::is_sorted(std::begin(kLatinOf), std::end(kLatinOf)));

/// 0: none.
char32_t latin_of(char32_t c) {
  const auto* const found = std::lower_bound(std::begin(kLatinOf), std::end(kLatinOf), c,
                                             [](const auto& pair, char32_t value) { return pair.first < value; });
  return found != std::end(kLatinOf) && found->first == c ? found->second : 0;
}

UScriptCode script_of(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  const auto script = uscript_getScript(static_cast<UChar32>(c), &status);
  return U_SUCCESS(status) ? script : USCRIPT_UNKNOWN;
}

/// White on black, in a circle or a square: Unicode gives them no decomposition. 0: none.
char32_t letter_on_black(char32_t c) {
  for (const char32_t first : {char32_t{0x1F150}, char32_t{0x1F170}}) {
    if (c >= first && c < first + 26) return U'A' + (c - first);
  }
  return 0;
}

bool is_form(char32_t c) {
  if (c >= 0xFB00 && c <= 0xFB06) return true;
  switch (u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_DECOMPOSITION_TYPE)) {
    case U_DT_FONT:
    case U_DT_WIDE:
    case U_DT_NARROW:
    case U_DT_CIRCLE:
    case U_DT_SQUARE:
      return true;
    default:
      return false;
  }
}

bool is_bullet(char32_t c) {
  constexpr std::u32string_view kBullets = U"•‣⁃◦∙·";
  return kBullets.find(c) != kBullets.npos || is_picture(c);
}

/// Bytes of the hyphens, dashes, asterisks or > from `at` on, if a blank follows them, else 0.
std::size_t marks_before_blank(std::string_view text, std::size_t at) {
  constexpr std::u32string_view kMarks = U"-–—*>";
  for (std::size_t end = at; end < text.size();) {
    const auto point = notation::decode_utf8(text, end);
    if (kMarks.find(point.value) == kMarks.npos) return classify(point.value) == CharacterClass::space ? end - at : 0;
    end += point.length;
  }
  return 0;
}

}  // namespace

std::size_t plain_form(char32_t c, char32_t* out, std::size_t capacity) {
  if (c < 0x80) return 0;
  if (const char32_t letter = letter_on_black(c); letter != 0) {
    if (capacity > 0) out[0] = letter;
    return capacity > 0 ? 1 : 0;
  }
  if (!is_form(c)) return 0;
  std::array<char32_t, kMaxDecomposed> parts;
  const auto count = decompose(c, Decomposition::compatible, parts);
  if (count > capacity) return 0;
  std::copy_n(parts.begin(), count, out);
  return count;
}

char32_t as_latin(std::string_view text, std::size_t word, char32_t c) {
  constexpr std::size_t kMostCharacters = 100;  // longer words are unknown as a whole
  const char32_t plain = latin_of(c);
  if (plain == 0) return c;
  bool latin = false;
  for (std::size_t count = 0; word < text.size() && count < kMostCharacters; ++count) {
    const auto point = notation::decode_utf8(text, word);
    word += point.length;
    const auto kind = classify(point.value);
    if (kind == CharacterClass::space || kind == CharacterClass::ideograph || is_punctuation(point.value)) break;
    if (!u_isalpha(static_cast<UChar32>(point.value))) continue;
    if (script_of(point.value) == USCRIPT_LATIN) {
      latin = true;
    } else if (latin_of(point.value) == 0) {
      return c;
    }
  }
  return latin ? plain : c;
}

bool is_picture(char32_t c) {
  if (c < 0x80 || letter_on_black(c) != 0 || is_form(c)) return false;
  switch (u_charType(static_cast<UChar32>(c))) {
    case U_OTHER_SYMBOL:
    case U_ENCLOSING_MARK:
      return true;
    default:
      return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_EMOJI_MODIFIER) ||
             u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_VARIATION_SELECTOR);
  }
}

std::optional<PlainText> plain_text(std::string_view text) {
  constexpr std::size_t kMostParts = 8;
  if (std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) return std::nullopt;
  PlainText plain;
  bool changed = false;
  for (std::size_t at = 0, word = 0; at < text.size();) {
    const auto point = notation::decode_utf8(text, at);
    const auto origin = static_cast<std::uint32_t>(at);
    const auto kind = classify(point.value);
    const bool apart = kind == CharacterClass::space || is_punctuation(point.value);
    std::array<char32_t, kMostParts> parts{as_latin(text, word, point.value)};
    const std::size_t forms = plain_form(point.value, parts.data(), parts.size());
    if (kind == CharacterClass::dropped && point.value >= 0x80) {
      changed = true;
    } else if (forms == 0 && parts[0] == point.value) {
      plain.text.append(text.substr(at, point.length));
    } else {
      changed = true;
      for (std::size_t i = 0; i < std::max<std::size_t>(forms, 1); ++i) notation::append_utf8(plain.text, parts[i]);
    }
    plain.origin.resize(plain.text.size(), origin);
    at += point.length;
    if (apart) word = at;
  }
  plain.origin.push_back(static_cast<std::uint32_t>(text.size()));
  return changed ? std::optional(std::move(plain)) : std::nullopt;
}

std::size_t bullets_in_front(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto point = notation::decode_utf8(text, at);
    const auto kind = classify(point.value);
    const bool skipped = kind == CharacterClass::space || kind == CharacterClass::dropped || is_bullet(point.value);
    const std::size_t length = skipped ? point.length : marks_before_blank(text, at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace tapewatch::model
