#pragma once
#include <string>
#include <string_view>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// Appends a JSON string. Bytes that are no valid UTF-8 become U+FFFD, so that the document stays valid.
void append_json_string(std::string& out, std::string_view text);

/// The number with `digits` significant digits in its shortest form; null for what JSON cannot say.
void append_json_number(std::string& out, double value, int digits);

/// "2026-03-01T12:00:00.000Z" with quotes.
void append_json_time(std::string& out, TimePoint);

}  // namespace tapewatch::alerts
