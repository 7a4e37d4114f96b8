#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tapewatch::model {

inline constexpr char32_t kReplacement = 0xFFFD;

/// A code point and the bytes that it came from.
struct CodePoint {
  char32_t value = kReplacement;
  std::uint32_t length = 1;
};

/// The code point at `text[at]`, at < text.size(). Ill-formed bytes (overlong, surrogate, beyond U+10FFFF, cut) give
/// U+FFFD for their maximal subpart, so that reading always goes on.
CodePoint decode_utf8(std::string_view text, std::size_t at);

/// Writes 1–4 bytes at `out`, returns how many.
std::size_t encode_utf8(char32_t c, char* out);

/// What BERT's text cleaning makes of a character.
enum class CharacterClass : std::uint8_t { dropped, space, ideograph, other };
CharacterClass classify(char32_t c);

/// What a vocabulary does not tell apart. Cased models keep both.
struct Folding {
  bool lower_case = true;
  bool strip_accents = true;
};

/// One character as `folding` has it, at most kMaxFolded characters: its canonical decomposition without non-spacing
/// marks (none where the character is itself a mark), its lower case, both or neither.
inline constexpr std::size_t kMaxFolded = 8;
std::size_t fold(char32_t c, char32_t* out, Folding folding = {});

/// BERT's punctuation: all ASCII signs ($, +, < … too) and the Unicode categories P*.
bool is_punctuation(char32_t c);

}  // namespace tapewatch::model
