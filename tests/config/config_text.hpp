#pragma once
// A configuration from a text, as if it stood in /etc/tapewatch/t.toml.
#include <string>
#include <string_view>
#include <vector>

#include "config/toml/load.hpp"

namespace tapewatch::config::test {

inline LoadResult parse_text(std::string_view text) { return parse(text, {"t.toml", "/etc/tapewatch", ""}); }

inline std::vector<std::string> errors_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const auto& error : parse_text(text).errors) lines.push_back(to_string(error));
  return lines;
}

}  // namespace tapewatch::config::test
