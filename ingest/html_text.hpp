#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

// Plain text of an HTML fragment: tags and comments removed, script and style with their content, block elements and
// <br> become line breaks, character references decoded (HTML 4 names, decimal, hexadecimal; unknown ones stay as they
// are). A '<' that does not open a tag stays ("profit < loss"). Expects and gives valid UTF-8; linear in its input.
std::string html_to_text(std::string_view html);

// Character references alone ("AT&amp;T" to "AT&T"), for text that is known to carry no tags.
std::string decode_html_references(std::string_view text);

}  // namespace tapewatch::ingest
