// Tested by tests/ingest/text/text_test.cpp
#include "ingest/text/white_space.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstdint>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/text/format_characters.hpp"

namespace tapewatch::ingest {
namespace {

/// Spaces and controls both separate words; a lone control character has no other meaning in a text.
bool parts_words(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return u_isUWhiteSpace(point) || u_charType(point) == U_CONTROL_CHAR;
}

struct Piece {
  enum class Kind : std::uint8_t { word, space, line_break, nothing } kind;
  std::size_t length;  // bytes
};

/// What begins at `text[at]`: characters of ASCII that belong to a word as far as they go, since most texts are made of
/// them; any other code point alone.
Piece next_piece(std::string_view text, std::size_t at, FormatFilter& format) {
  const auto rest = text.substr(at);
  const auto end = std::find_if_not(rest.begin(), rest.end(), notation::is_ascii_graphic);
  if (end != rest.begin()) {
    format.drops(U'a');
    return {Piece::Kind::word, static_cast<std::size_t>(end - rest.begin())};
  }
  const auto point = notation::decode_utf8(text, at);
  // A carriage return is half of a line break or none at all: it separates words, the line feed breaks the line.
  if (point.value == U'\n' || point.value == 0x2028 || point.value == 0x2029) {
    return {Piece::Kind::line_break, point.length};
  }
  if (parts_words(point.value)) return {Piece::Kind::space, point.length};
  return {format.drops(point.value) ? Piece::Kind::nothing : Piece::Kind::word, point.length};
}

}  // namespace

std::string single_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  FormatFilter format;
  for (std::size_t at = 0; at < text.size();) {
    const auto [kind, length] = next_piece(text, at, format);
    if (kind == Piece::Kind::word) {
      if (gap) line += ' ';
      gap = false;
      line.append(text, at, length);
    } else if (kind != Piece::Kind::nothing) {
      gap = !line.empty();
    }
    at += length;
  }
  return line;
}

std::string tidy_lines(std::string_view text) {
  std::string tidy;
  tidy.reserve(text.size());
  bool gap = false;
  int breaks = 0;
  FormatFilter format;
  for (std::size_t at = 0; at < text.size();) {
    const auto [kind, length] = next_piece(text, at, format);
    if (kind == Piece::Kind::word) {
      if (!tidy.empty()) tidy.append(breaks > 1 ? "\n\n" : breaks == 1 ? "\n" : gap ? " " : "");
      gap = false;
      breaks = 0;
      tidy.append(text, at, length);
    } else {
      gap = gap || kind == Piece::Kind::space;
      breaks += kind == Piece::Kind::line_break;
    }
    at += length;
  }
  return tidy;
}

}  // namespace tapewatch::ingest
