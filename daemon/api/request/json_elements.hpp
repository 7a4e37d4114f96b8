#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace tapewatch {

/// The texts of a JSON array's elements, split at its commas without parsing them, so that an element that is not JSON
/// affects only itself. Surrounding blanks are removed; an element may be empty. Nothing if `text` is not an array, or
/// if its brackets and quotes do not match.
std::optional<std::vector<std::string_view>> split_json_array(std::string_view text);

/// The text of the array in {"documents":[…]}, if the object has only that member; otherwise nothing.
std::optional<std::string_view> only_json_member(std::string_view text, std::string_view name);

}  // namespace tapewatch
