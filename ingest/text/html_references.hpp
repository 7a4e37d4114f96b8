#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// The length of what may be a character reference at the beginning of `text`, with its ';' where it has one; 0 where
/// there is no '&'.
std::size_t reference_length(std::string_view text);

/// What each reference stands for, as HTML5 reads them: all its names ("&eacute;"), those of old without the ';' too;
/// numbers, where those of the C1 range mean Windows-1252's characters (&#146;) and those of no character U+FFFD. What
/// is none stays as it is, and so does what follows one ("&notit;" begins with "&not"). One call for many costs little.
std::vector<std::string> read_references(const std::vector<std::string_view>& references);

}  // namespace tapewatch::ingest
