#pragma once

#include <string_view>

namespace tapewatch {

/// A file that is part of the binary, by its name: the dashboard, the API's description, the demo's wire. Throws
/// std::out_of_range for a name that was not embedded.
std::string_view asset(std::string_view name);

}  // namespace tapewatch
