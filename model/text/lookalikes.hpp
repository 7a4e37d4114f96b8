#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/byte_span.hpp"

namespace tapewatch::model {

/// What a reader takes for plain letters and a vocabulary does not know: other forms of a letter, letters of another
/// alphabet inside a Latin word, pictures, bullets. For models whose `fold_lookalikes` is set.

/// The plain characters of a form: full-width and half-width, mathematical, circled, ligatures (Unicode's <wide>,
/// <narrow>, <font>, <circle>, <square>; U+FB00 to U+FB06; white letters on black). At most `capacity`; 0 if `c` is
/// none, or of more.
std::size_t plain_form(char32_t c, char32_t* out, std::size_t capacity);

/// The character at byte `at` as a Latin letter that looks like it, if it is Cyrillic or Greek and its word, which
/// begins at byte `word`, has Latin letters and no others without such a likeness; else the character itself.
char32_t as_latin(std::string_view text, std::size_t word, char32_t c);

/// A picture (emoji, arrows and shapes, also their modifiers and frames) and no letter, digit, currency or sign, nor a
/// form of one.
bool is_picture(char32_t c);

/// A text in plain letters.
struct PlainText {
  std::string text;
  std::vector<std::uint32_t> origin;  // of each of its bytes, and of its end: the byte of the original

  ByteSpan original(ByteSpan span) const { return {origin[span.start], origin[span.end]}; }
};

/// With forms and look-alikes folded, and without the characters that nobody sees; nothing where that changes nothing.
/// Linear in the text.
std::optional<PlainText> plain_text(std::string_view text);

/// Bytes of the bullets, pictures and blanks that the text begins with. Hyphens, dashes, asterisks and > count where a
/// blank follows them.
std::size_t bullets_in_front(std::string_view text);

}  // namespace tapewatch::model
