#include "daemon/api/request/json_body.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "config/notation/utf8.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/record/record_bytes.hpp"
#include "ingest/text/charset.hpp"

namespace tapewatch {

namespace json = boost::json;

namespace {

std::optional<ApiResponse> wrong_type(const ApiRequest& request) {
  const std::string type = media_type(request.header("content-type"));
  if (type.empty() || type == "application/json") return std::nullopt;
  return problem(problems::kMediaType, "send Content-Type: application/json", request.request_id);
}

JsonBody not_json(const ApiRequest& request, const std::string& detail) {
  return {{}, problem(problems::kInvalidBody, detail, request.request_id)};
}

JsonBody as_object(const ApiRequest& request, json::value value) {
  if (value.is_object()) return {std::move(value.get_object()), std::nullopt};
  return {{},
          problem(problems::kInvalidBody, "the body must be a JSON object", request.request_id,
                  {{FieldError::In::pointer, "", "must be an object"}})};
}

}  // namespace

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
  if (auto refusal = wrong_type(request)) return {{}, std::move(refusal)};
  json::error_code error;
  json::parse_options options;
  options.max_depth = static_cast<unsigned>(max_depth);
  const std::string_view text = without_bom(request.body);
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return not_json(request, "not JSON: " + error.message());
  return as_object(request, std::move(value));
}

JsonBody read_news_body(const ApiRequest& request, const ingest::DocumentLimits& limits) {
  if (auto refusal = wrong_type(request)) return {{}, std::move(refusal)};
  std::vector<ingest::FieldWarning> mended;  // scores are answered, not stored: nobody asks for them again
  std::string decoded;
  if (!notation::is_utf8(request.body)) {
    const std::string charset = ingest::content_type_charset(request.header("content-type"));
    auto text = ingest::record_text(request.body, charset, limits, mended);
    if (!text) return not_json(request, text.error().reason);
    decoded = std::move(text->content);
  }
  const std::string_view text = decoded.empty() ? std::string_view(request.body) : decoded;
  auto value = ingest::parse_json_text(text, limits.max_json_depth, mended);
  if (!value) return not_json(request, value.error().reason);
  return as_object(request, std::move(*value));
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
