#pragma once
#include <optional>
#include <string_view>

namespace tapewatch::ingest {

// The character of a named reference ("eacute", without '&' and ';'), by HTML 4.01's list; names are case-sensitive.
std::optional<char32_t> html_entity(std::string_view name);

}  // namespace tapewatch::ingest
