#pragma once

#include <string_view>
#include <vector>

namespace tapewatch::model {

/// The fields of a line between tabs, taken literally: no quoting. At least one; they point into `line`.
inline std::vector<std::string_view> split_tabs(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace tapewatch::model
