#include "config/toml/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tapewatch::config {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows are enough for the optimal string alignment distance.
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::string_view nearest_name(std::string_view unknown, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, unknown.size() / 3) + 1;
  for (const std::string_view name : known) {
    // A shortened or extended name is near whatever the edit distance.
    const bool part =
        unknown.size() >= 4 && name.size() >= 4 && (name.starts_with(unknown) || unknown.starts_with(name));
    const std::size_t distance = part ? 1 : edit_distance(unknown, name);
    if (distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view unknown, std::span<const std::string_view> known) {
  const auto name = nearest_name(unknown, known);
  return name.empty() ? std::string{} : fmt::format(" (did you mean '{}'?)", name);
}

}  // namespace tapewatch::config
