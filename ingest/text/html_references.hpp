#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// The length of what may be a character reference at the beginning of `text`, with its ';' where it has one; 0 where
/// there is no '&'.
std::size_t reference_length(std::string_view text);

/// The meaning of each reference in HTML5: all its names ("&eacute;"), also the old ones without ';'; numbers, where
/// the C1 range means Windows-1252's characters (&#146;) and invalid ones mean U+FFFD. Anything else stays as it is, as
/// does the text after a reference ("&notit;" begins with "&not"). One call for many costs little.
std::vector<std::string> read_references(const std::vector<std::string_view>& references);

}  // namespace tapewatch::ingest
