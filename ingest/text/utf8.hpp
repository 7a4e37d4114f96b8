#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

// True when the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_valid_utf8(std::string_view bytes);

// The bytes with every ill-formed sequence replaced by one U+FFFD, as the WHATWG decoder counts them.
std::string to_valid_utf8(std::string_view bytes);

// The longest prefix of at most max_bytes that ends at a code point. Expects valid UTF-8.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

// Appends one code point; a surrogate or a value past U+10FFFF is appended as U+FFFD.
void append_utf8(std::string& text, char32_t code_point);

// White space (Unicode's) trimmed at both ends and every run inside made one space: a title.
std::string single_line(std::string_view text);

// White space runs made one space, lines trimmed, at most one blank line between paragraphs: a body.
std::string tidy_lines(std::string_view text);

}  // namespace tapewatch::ingest
