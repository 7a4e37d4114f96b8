#pragma once
// Header only: the configuration checks the steps of `decode` with the list that reads them.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

inline constexpr std::array<std::string_view, 4> kDecodeSteps = {"base64", "gzip", "json", "xml"};

/// The words of "base64, gzip, json".
inline std::vector<std::string> split_decode_steps(std::string_view text) {
  constexpr std::string_view kBetween = ", \t";
  std::vector<std::string> steps;
  for (std::size_t at = 0; (at = text.find_first_not_of(kBetween, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    steps.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return steps;
}

inline bool is_decode_step(std::string_view step) {
  return std::find(kDecodeSteps.begin(), kDecodeSteps.end(), step) != kDecodeSteps.end();
}

}  // namespace tapewatch::ingest
