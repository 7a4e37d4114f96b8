#pragma once

#include <cstddef>
#include <cstdint>

namespace tapewatch::model {

/// The class of a character in BERT's text cleaning.
enum class CharacterClass : std::uint8_t { dropped, space, ideograph, other };
CharacterClass classify(char32_t c);

/// The differences that a vocabulary ignores. Cased models keep case and accents.
struct Folding {
  bool lower_case = true;
  bool strip_accents = true;
  bool lookalikes = false;  // as lookalikes.hpp says; published tokenizers do not
};

/// One character folded, at most kMaxFolded characters: its canonical decomposition without non-spacing marks (none if
/// the character is itself a mark), its lower case, both or neither; with `lookalikes` of its plain form.
inline constexpr std::size_t kMaxFolded = 8;
std::size_t fold(char32_t c, char32_t* out, Folding folding = {});

/// BERT's punctuation: all ASCII signs (also $, +, < …) and the Unicode categories P*.
bool is_punctuation(char32_t c);

}  // namespace tapewatch::model
