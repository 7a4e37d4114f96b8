#pragma once
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <string_view>

namespace tapewatch {

/// The daemon's logger, to stderr. `level`: trace debug info warning error off. `format`: "text", a line a message
/// (`2026-11-22T10:00:00.123Z info http: …`), or "json", an object a line (`time`, `level`, `component`, `message`).
/// Control characters are shown in both and not obeyed, so that a hostile headline cannot forge a line. Thread-safe.
/// Throws std::runtime_error for an unknown level or format.
std::shared_ptr<spdlog::logger> make_logger(std::string_view level, std::string_view format);

/// How make_logger's lines are written. Throws std::runtime_error for an unknown format.
std::unique_ptr<spdlog::formatter> log_formatter(std::string_view format);

/// The same sinks and level under another name: the `component` of its lines.
std::shared_ptr<spdlog::logger> component(const std::shared_ptr<spdlog::logger>& log, std::string name);

/// A logger that says nothing, for tests.
std::shared_ptr<spdlog::logger> silent_logger();

/// A web URL that may be logged: without user name, password, query and fragment ("https://host/path?…"). Where the
/// path may be the secret, as in a chat's webhook address, notation::url_origin() is for the log.
std::string loggable_url(std::string_view text);

}  // namespace tapewatch
