#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tapewatch::config {

/// How many single-letter insertions, removals, replacements and swaps of neighbours turn one text into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name that was most probably meant, or "" when none is near enough.
std::string_view nearest_name(std::string_view unknown, std::span<const std::string_view> known);

/// ` (did you mean 'group_by'?)` or "".
std::string did_you_mean(std::string_view unknown, std::span<const std::string_view> known);

}  // namespace tapewatch::config
