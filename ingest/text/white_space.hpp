#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// White space (Unicode's) trimmed at both ends and every run inside made one space: a title.
std::string single_line(std::string_view text);

/// White space runs made one space, lines trimmed, at most one blank line between paragraphs: a body.
std::string tidy_lines(std::string_view text);

}  // namespace tapewatch::ingest
