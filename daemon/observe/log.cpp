// Tested by tests/daemon/observe/observe_test.cpp
#include "daemon/observe/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <new>
#include <stdexcept>

#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "config/notation/url.hpp"
#include "daemon/observe/log_fields.hpp"
#include "daemon/observe/shortage.hpp"

namespace tapewatch {
namespace {

std::string timestamp(spdlog::log_clock::time_point at) {
  return notation::format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(at));
}

std::string_view level_name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return "trace";
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warning";
    default:
      return "error";
  }
}

class TextFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string_view name(message.logger_name.data(), message.logger_name.size());
    const std::string text = notation::printable({message.payload.data(), message.payload.size()});
    fmt::format_to(std::back_inserter(out), "{} {:<7} {}: {}\n", timestamp(message.time), level_name(message.level),
                   name, text);
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<TextFormatter>(); }
};

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    notation::JsonWriter json;
    json.begin_object().field("time", timestamp(message.time)).field("level", level_name(message.level));
    json.field("component", std::string_view(message.logger_name.data(), message.logger_name.size()));
    json.field("message", std::string_view(message.payload.data(), message.payload.size()));
    if (const LogFields* fields = fields_of_line()) {
      for (const auto& [name, value] : *fields) {
        std::visit([&, key = name](const auto& one) { json.field(key, one); }, value);
      }
    }
    json.end_object();
    fmt::format_to(std::back_inserter(out), "{}\n", json.text());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

spdlog::level::level_enum parse_level(std::string_view level) {
  if (level == "trace") return spdlog::level::trace;
  if (level == "debug") return spdlog::level::debug;
  if (level == "info") return spdlog::level::info;
  if (level == "warning" || level == "warn") return spdlog::level::warn;
  if (level == "error") return spdlog::level::err;
  if (level == "off") return spdlog::level::off;
  throw std::runtime_error(
      fmt::format("log level \"{}\": it must be trace, debug, info, warning, error or off", level));
}

/// A line that could not be written, for want of memory or of room: said by what needs neither.
void say_that_line_is_lost(const std::string& why) {
  const bool memory = why == std::bad_alloc().what();
  for (const std::string_view part :
       {std::string_view("tapewatch: a log line is lost: "), memory ? remedy(Resource::memory) : std::string_view(why),
        std::string_view("\n")}) {
    if (::write(STDERR_FILENO, part.data(), part.size()) < 0) return;
  }
}

}  // namespace

std::unique_ptr<spdlog::formatter> log_formatter(std::string_view format) {
  if (format == "json") return std::make_unique<JsonFormatter>();
  if (format == "text") return std::make_unique<TextFormatter>();
  throw std::runtime_error(fmt::format("log format \"{}\": it must be text or json", format));
}

std::shared_ptr<spdlog::logger> make_logger(std::string_view level, std::string_view format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(log_formatter(format));
  auto log = std::make_shared<spdlog::logger>("tapewatch", std::move(sink));
  log->set_level(spdlog::level::trace);  // the sink, which all components share, decides
  set_log_level(*log, level);
  log->flush_on(spdlog::level::trace);
  log->set_error_handler(say_that_line_is_lost);
  return log;
}

void set_log_level(spdlog::logger& log, std::string_view level) {
  const auto least = parse_level(level);
  for (const auto& sink : log.sinks()) sink->set_level(least);
}

std::shared_ptr<spdlog::logger> component(const std::shared_ptr<spdlog::logger>& log, std::string name) {
  return log->clone(std::move(name));
}

std::shared_ptr<spdlog::logger> silent_logger() {
  return std::make_shared<spdlog::logger>("silent", std::make_shared<spdlog::sinks::null_sink_mt>());
}

std::string loggable_url(std::string_view text) {
  const auto url = notation::parse_web_url(text);
  if (!url) return "an unreadable address";  // whose secrets nobody can tell apart
  std::string safe = fmt::format("{}://{}{}", std::string_view(url->scheme()),
                                 std::string_view(url->encoded_host_and_port()), std::string_view(url->encoded_path()));
  if (url->has_query()) {
    safe += "?…";
  } else if (url->has_fragment()) {
    safe += "#…";
  }
  return safe;
}

}  // namespace tapewatch
