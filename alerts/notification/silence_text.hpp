#pragma once
// Tested by tests/daemon/api/silence_api_test.cpp
#include <map>
#include <string>
#include <vector>

namespace tapewatch::alerts {

/// "rule = burst; team = desk or night".
inline std::string match_in_words(const std::map<std::string, std::vector<std::string>>& match) {
  std::string words;
  for (const auto& [name, values] : match) {
    words += (words.empty() ? "" : "; ") + name + " = ";
    for (std::size_t i = 0; i < values.size(); ++i) words += (i == 0 ? "" : " or ") + values[i];
  }
  return words;
}

}  // namespace tapewatch::alerts
