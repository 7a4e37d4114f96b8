// Tested by tests/daemon/server/router_test.cpp
#include "daemon/api/request/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "config/notation/duration.hpp"
#include "config/notation/epoch.hpp"
#include "config/notation/time_zone.hpp"
#include "config/toml/units.hpp"
#include "config/zone_data.hpp"
#include "daemon/api/request/time_words.hpp"

namespace tapewatch {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (text.empty() || code != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// Dates outside 1970 … 9999 are mistakes, and would overflow later.
bool is_sane(WallTime at) {
  constexpr auto kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 1);
  constexpr auto kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
  return at >= kFirst && at < kLast;
}

std::optional<WallTime> parse_any_time(std::string_view text, WallTime now) {
  if (text == "now") return now;
  if (text.starts_with('-')) {
    if (const auto distance = notation::parse_duration(text.substr(1))) return now - *distance;
  }
  if (const auto at = notation::parse_epoch(text)) return at;
  if (const auto at = notation::parse_rfc3339(text)) return at;
  std::string repaired(text);
  if (const std::size_t space = repaired.rfind(' '); space != std::string::npos && space > 10) repaired[space] = '+';
  return notation::parse_rfc3339(repaired);
}

}  // namespace

std::optional<WallTime> parse_time_text(std::string_view text, WallTime now) {
  const auto at = parse_any_time(text, now);
  return at && is_sane(*at) ? at : std::nullopt;
}

std::vector<std::string_view> Parameters::values(std::string_view name) {
  known_.emplace_back(name);
  std::vector<std::string_view> found;
  for (const auto& [key, value] : request_.query) {
    if (key == name) found.push_back(value);
  }
  return found;
}

std::optional<std::string_view> Parameters::single(std::string_view name) {
  const auto found = values(name);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) {
    error(name, "may be given only once");
    return std::nullopt;
  }
  return found.front();
}

std::optional<std::string> Parameters::text(std::string_view name, std::size_t most_bytes) {
  const auto value = single(name);
  if (!value) return std::nullopt;
  if (value->size() > most_bytes) {
    error(name, fmt::format("at most {} bytes", most_bytes));
    return std::nullopt;
  }
  return std::string(*value);
}

std::vector<std::string> Parameters::list(std::string_view name, std::size_t most) {
  std::vector<std::string> members;
  for (std::string_view value : values(name)) {
    while (true) {
      const std::size_t comma = value.find(',');
      const std::string_view member = value.substr(0, comma);
      if (member.empty()) error(name, "has an empty member");
      if (!member.empty()) members.emplace_back(member);
      if (comma == std::string_view::npos) break;
      value.remove_prefix(comma + 1);
    }
  }
  if (members.size() > most) error(name, fmt::format("at most {} values", most));
  return members;
}

std::vector<std::string> Parameters::repeated(std::string_view name, std::size_t most) {
  std::vector<std::string> members;
  for (const std::string_view value : values(name)) {
    if (value.empty()) error(name, "an empty value");
    if (!value.empty()) members.emplace_back(value);
  }
  if (members.size() > most) error(name, fmt::format("at most {} values", most));
  return members;
}

std::optional<WallTime> Parameters::time(std::string_view name) {
  const auto value = single(name);
  if (!value) return std::nullopt;
  const auto at = parse_time_text(*value, request_.now);
  if (!at) error(name, std::string(kTimeWords));
  return at;
}

std::optional<std::int64_t> Parameters::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto value = single(name);
  if (!value) return std::nullopt;
  const auto number = parse_number<std::int64_t>(*value);
  if (!number || *number < least || *number > most) {
    error(name, fmt::format("a whole number from {} to {}", least, most));
    return std::nullopt;
  }
  return number;
}

std::optional<double> Parameters::number(std::string_view name, double least, double most) {
  const auto value = single(name);
  if (!value) return std::nullopt;
  const auto parsed = parse_number<double>(*value);
  if (!parsed || !std::isfinite(*parsed) || *parsed < least || *parsed > most) {
    error(name, fmt::format("a number from {} to {}", least, most));
    return std::nullopt;
  }
  return parsed;
}

std::optional<std::string> Parameters::choice(std::string_view name, std::initializer_list<std::string_view> choices) {
  const auto value = single(name);
  if (!value) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), *value) == choices.end()) {
    error(name, fmt::format("one of {}", fmt::join(choices, ", ")));
    return std::nullopt;
  }
  return std::string(*value);
}

std::optional<std::string> Parameters::zone(std::string_view name) {
  auto zone = text(name);
  if (!zone || notation::TimeZone::find(*zone)) return zone;
  error(name, config::unknown_zone(*zone));
  return std::nullopt;
}

std::optional<bool> Parameters::flag(std::string_view name) {
  const auto value = choice(name, {"1", "true", "0", "false"});
  if (!value) return std::nullopt;
  return *value == "1" || *value == "true";
}

void Parameters::not_built(std::string_view name) {
  if (values(name).empty()) return;
  refused_.push_back(FieldError{FieldError::In::parameter, std::string(name), "not in this version"});
}

void Parameters::error(std::string_view name, std::string detail) {
  errors_.push_back(FieldError{FieldError::In::parameter, std::string(name), std::move(detail)});
}

std::optional<ApiResponse> Parameters::problem() {
  for (const auto& [name, value] : request_.query) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    error(name, known_.empty() ? std::string("unknown: this takes no parameters")
                               : fmt::format("unknown; known: {}", fmt::join(known_, ", ")));
    known_.push_back(name);  // one error per name
  }
  if (!errors_.empty()) {
    return tapewatch::problem(problems::kInvalidParameter,
                              fmt::format("{}: {}", errors_.front().name, errors_.front().detail), request_.request_id,
                              errors_);
  }
  if (!refused_.empty()) {
    return tapewatch::problem(problems::kNotBuilt, fmt::format("{}: not in this version", refused_.front().name),
                              request_.request_id, refused_);
  }
  return std::nullopt;
}

}  // namespace tapewatch
