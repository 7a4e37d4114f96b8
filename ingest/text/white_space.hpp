#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// Both leave out format characters that mean nothing to words (FormatFilter).

/// For a title: white space (Unicode's) trimmed at both ends and every inner run reduced to one space.
std::string single_line(std::string_view text);

/// For a body: runs of white space reduced to one space, lines trimmed, at most one blank line between paragraphs.
std::string tidy_lines(std::string_view text);

}  // namespace tapewatch::ingest
