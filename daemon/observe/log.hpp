#pragma once
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <string_view>

namespace tapewatch {

/// The daemon's logger, to stderr. `level`: trace debug info warning error off. `format`: "text", one line per message
/// (`2026-11-22T10:00:00.123Z info http: …`), or "json", one object per line (`time`, `level`, `component`, `message`,
/// and the fields of log_with).
/// Control characters are escaped in both, so that a hostile headline cannot forge a line. Thread-safe. Throws
/// std::runtime_error for an unknown level or format.
std::shared_ptr<spdlog::logger> make_logger(std::string_view level, std::string_view format);

/// The level of all loggers that share this one's sinks. Any thread. Throws std::runtime_error for an unknown level.
void set_log_level(spdlog::logger& log, std::string_view level);

/// The formatter of make_logger's lines. Throws std::runtime_error for an unknown format.
std::unique_ptr<spdlog::formatter> log_formatter(std::string_view format);

/// A logger with the same sinks, and so the same level, under another name, the `component` of its lines.
std::shared_ptr<spdlog::logger> component(const std::shared_ptr<spdlog::logger>& log, std::string name);

/// A silent logger, for tests.
std::shared_ptr<spdlog::logger> silent_logger();

/// A web URL that may be logged: without user name, password, query and fragment ("https://host/path?…"). Where the
/// path may be the secret, as in a chat's webhook address, notation::url_origin() is for the log.
std::string loggable_url(std::string_view text);

}  // namespace tapewatch
