#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace tapewatch {

/// The texts of a JSON array's elements, cut at its commas without a look inside: an element that is not JSON then
/// spoils itself alone. Blanks around them are cut off; an element may be empty. Nothing where `text` is not an array,
/// or where its brackets and quotes do not match up.
std::optional<std::vector<std::string_view>> split_json_array(std::string_view text);

/// The text of the array in {"documents":[…]}, where the object has that one member; otherwise nothing.
std::optional<std::string_view> only_json_member(std::string_view text, std::string_view name);

}  // namespace tapewatch
