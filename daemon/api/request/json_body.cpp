#include "daemon/api/request/json_body.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

namespace tapewatch {

namespace json = boost::json;

std::string media_type(std::string_view header) {
  std::string type(header.substr(0, header.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return type;
}

std::string_view without_bom(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

std::string json_pointer(std::string_view base, std::string_view name) {
  std::string pointer(base);
  pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

JsonBody read_json_body(const ApiRequest& request, std::size_t max_depth) {
  JsonBody body;
  const std::string type = media_type(request.header("content-type"));
  if (!type.empty() && type != "application/json") {
    body.refusal = problem(problems::kMediaType, "send Content-Type: application/json", request.request_id);
    return body;
  }
  json::error_code error;
  json::parse_options options;
  options.max_depth = static_cast<unsigned>(max_depth);
  const std::string_view text = without_bom(request.body);
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) {
    body.refusal = problem(problems::kInvalidBody, "not JSON: " + error.message(), request.request_id);
  } else if (!value.is_object()) {
    body.refusal = problem(problems::kInvalidBody, "the body must be a JSON object", request.request_id,
                           {{FieldError::In::pointer, "", "must be an object"}});
  } else {
    body.object = std::move(value.as_object());
  }
  return body;
}

std::optional<FieldError> unknown_member(const json::object& object, std::span<const std::string_view> known,
                                         std::string_view base) {
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return FieldError{FieldError::In::pointer, json_pointer(base, name),
                      fmt::format("\"{}\" is unknown; known: {}", name, fmt::join(known, ", "))};
  }
  return std::nullopt;
}

}  // namespace tapewatch
