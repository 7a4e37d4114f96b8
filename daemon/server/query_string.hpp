#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/server/message.hpp"

namespace tapewatch {

/// In a query `+` is a space, in a path it is itself.
enum class PlusIs { space, plus };

/// Nothing for a broken escape ("%", "%4", "%zz"), for %00 and for bytes that are not UTF-8.
std::optional<std::string> percent_decode(std::string_view text, PlusIs plus);

/// "a=1&b=&c" to fields, in order, repeats kept; nothing when an escape is broken.
std::optional<Fields> parse_query(std::string_view query);

}  // namespace tapewatch
