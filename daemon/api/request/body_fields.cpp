// Tested by tests/daemon/api/silence_api_test.cpp
#include "daemon/api/request/body_fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "config/notation/duration.hpp"
#include "daemon/api/request/parameters.hpp"

namespace tapewatch {

namespace json = boost::json;

BodyFields::BodyFields(const ApiRequest& request, const json::object& object, std::span<const std::string_view> known)
    : request_(request), object_(object) {
  if (auto unknown = unknown_member(object, known)) errors_.push_back(std::move(*unknown));
}

const json::value* BodyFields::find(std::string_view name) const {
  const json::value* found = object_.if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

void BodyFields::error(std::string_view path, std::string detail) {
  std::string pointer;
  const auto dot = path.find('.');
  pointer = json_pointer("", path.substr(0, dot));
  if (dot != std::string_view::npos) pointer = json_pointer(pointer, path.substr(dot + 1));
  errors_.push_back({FieldError::In::pointer, std::move(pointer), std::move(detail)});
}

std::optional<std::string> BodyFields::text(std::string_view name) {
  const json::value* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) return std::string(found->get_string());
  error(name, "must be a text");
  return std::nullopt;
}

std::string BodyFields::needed_text(std::string_view name) {
  const auto read = text(name);
  const bool wrong_kind = !read && has(name);
  if (!wrong_kind && read.value_or("").empty()) error(name, "is needed");
  return read.value_or("");
}

std::optional<std::string> BodyFields::choice(std::string_view name, std::span<const std::string_view> choices) {
  auto read = text(name);
  if (!read || std::find(choices.begin(), choices.end(), *read) != choices.end()) return read;
  error(name, fmt::format("is one of {}, not \"{}\"", fmt::join(choices, ", "), *read));
  return std::nullopt;
}

bool BodyFields::flag(std::string_view name) {
  const json::value* found = find(name);
  if (found != nullptr && !found->is_bool()) error(name, "must be true or false");
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::optional<WallTime> BodyFields::time(std::string_view name) {
  const json::value* found = find(name);
  if (found == nullptr) return std::nullopt;
  std::optional<WallTime> at;
  boost::system::error_code inexact;  // 1767225600000.0 is an integer in JSON
  const auto epoch = found->to_number<std::int64_t>(inexact);
  if (!inexact) at = parse_time_text(std::to_string(epoch), request_.now);
  if (found->is_string()) at = parse_time_text(found->get_string(), request_.now);
  if (!at) error(name, "must be a time such as 2026-11-22T10:00:00Z, or epoch milliseconds");
  return at;
}

std::optional<std::chrono::milliseconds> BodyFields::duration(std::string_view name) {
  constexpr std::chrono::milliseconds kMost = std::chrono::days{36'500};
  const auto read = text(name);
  if (!read) return std::nullopt;
  const auto lasts = notation::parse_duration(*read);
  if (lasts && lasts->count() > 0 && *lasts <= kMost) return lasts;
  error(name, "must be a duration such as 30m, 2h or 7d");
  return std::nullopt;
}

std::map<std::string, std::vector<std::string>> BodyFields::text_lists(std::string_view name) {
  std::map<std::string, std::vector<std::string>> lists;
  const json::value* found = find(name);
  if (found == nullptr) return lists;
  if (!found->is_object()) {
    error(name, "must be an object of lists");
    return lists;
  }
  const std::string base = json_pointer("", name);
  for (const auto& [member, value] : found->get_object()) {
    auto& values = lists[std::string(member)];
    const std::string pointer = json_pointer(base, std::string_view(member.data(), member.size()));
    if (value.is_string()) {
      values.emplace_back(value.get_string());
      continue;
    }
    const json::array* list = value.if_array();
    if (list == nullptr) errors_.push_back({FieldError::In::pointer, pointer, "must be a text or a list of texts"});
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const json::value& item = (*list)[i];
      if (item.is_string()) {
        values.emplace_back(item.get_string());
      } else {
        errors_.push_back({FieldError::In::pointer, json_pointer(pointer, std::to_string(i)), "must be a text"});
      }
    }
  }
  return lists;
}

std::optional<ApiResponse> BodyFields::problem() const {
  if (errors_.empty()) return std::nullopt;
  return tapewatch::problem(problems::kInvalidBody, "the body has errors", request_.request_id, errors_);
}

}  // namespace tapewatch
