#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// Plain text of an HTML fragment: tags and comments removed, script and style with their content, block elements and
/// <br> become line breaks, character references decoded (read_references). Other text in angle brackets stays: "profit
/// < loss", "<KSMR.O>", "<est. $1.35>". Expects and gives valid UTF-8; linear in its input.
std::string html_to_text(std::string_view html);

/// For plain text that may come from a page: the same if it contains a real tag, else the text unchanged, including
/// references. A real tag is one that HTML defines, with attributes that have values: "a<b and c>d" has none.
std::string strip_real_tags(std::string_view text);
}  // namespace tapewatch::ingest
