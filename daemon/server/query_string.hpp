#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/url.hpp"
#include "daemon/server/message.hpp"

namespace tapewatch {

using notation::percent_decode;
using notation::PlusIs;

/// "a=1&b=&c" to fields, in order, repeats kept; nothing when an escape is broken.
std::optional<Fields> parse_query(std::string_view query);

}  // namespace tapewatch
