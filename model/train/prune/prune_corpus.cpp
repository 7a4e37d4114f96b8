// Tested by tests/train/prune/prune_test.cpp
#include "model/train/prune/prune_corpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "model/evaluation/tab_separated.hpp"
#include "model/package/model_error.hpp"

namespace tapewatch::model::train {

std::vector<std::string> read_texts(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ModelError(fmt::format("{}: expected a readable file, found none", path));
  std::vector<std::string> texts;
  std::optional<std::size_t> column;
  std::string line;
  for (bool first = true; std::getline(file, line); first = false) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    const auto columns = split_tabs(line);
    if (first && columns.size() > 1) {
      const auto found = std::find(columns.begin(), columns.end(), "text");
      if (found != columns.end()) {
        column = static_cast<std::size_t>(found - columns.begin());
        continue;
      }
    }
    if (!column) {
      texts.push_back(line);
    } else if (*column < columns.size()) {
      texts.emplace_back(columns[*column]);
    }
  }
  if (texts.empty()) throw ModelError(fmt::format("{}: expected texts, found none", path));
  return texts;
}

}  // namespace tapewatch::model::train
