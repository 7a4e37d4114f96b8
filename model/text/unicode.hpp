#pragma once

#include <cstddef>
#include <cstdint>

namespace tapewatch::model {

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
