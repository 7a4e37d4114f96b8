#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

// Plain text of an HTML fragment: tags and comments removed, script and style with their content, block elements and
// <br> become line breaks, character references decoded (HTML 4 names, decimal, hexadecimal; unknown ones stay as they
// are). A '<' that does not open a tag stays ("profit < loss"). Expects and gives valid UTF-8; linear in its input.
std::string html_to_text(std::string_view html);

// For text that is plain but may have come out of a page: the same where a real tag stands in it, else the text as it
// is, references and all. Real is what HTML itself defines, with attributes that have values: "a<b and c>d" has none.
std::string strip_real_tags(std::string_view text);

// Character references alone ("AT&amp;T" to "AT&T"), for text that is known to carry no tags.
std::string decode_html_references(std::string_view text);

}  // namespace tapewatch::ingest
