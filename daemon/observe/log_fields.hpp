#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tapewatch {

/// Named values of one line of the log, beside its text: whoever collects lines in format "json" filters by them. The
/// names `time`, `level`, `component` and `message` are taken.
using LogFields = std::vector<std::pair<std::string_view, std::variant<std::string, std::int64_t>>>;

/// One line with fields: members of the object in format "json"; the text is to say the same in format "text". Any
/// thread; the sinks of make_logger write on the caller's.
void log_with(spdlog::logger& log, spdlog::level::level_enum level, const LogFields& fields, std::string_view text);

/// The fields of the line that this thread is writing; null for a line without.
const LogFields* fields_of_line();

}  // namespace tapewatch
