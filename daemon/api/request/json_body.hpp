#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/server/message.hpp"
#include "daemon/server/problem.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch {

/// "application/JSON; charset=utf-8" → "application/json".
std::string media_type(std::string_view header);

/// Without the byte order mark that some editors and spreadsheets begin a file with.
std::string_view without_bom(std::string_view text);

/// A member's position in a body, as a JSON Pointer: `base`, a slash, and the name with ~ and / escaped (RFC 6901).
std::string json_pointer(std::string_view base, std::string_view name);

/// The body of a request as one JSON object, or the response that refuses it: 415 for another Content-Type, 400 for a
/// body that is not JSON or not an object.
struct JsonBody {
  boost::json::object object;
  std::optional<ApiResponse> refusal;
};
JsonBody read_json_body(const ApiRequest& request, std::size_t max_depth);

/// The same for a body of news, which is read as records are (record_text, parse_json_text): what senders get wrong in
/// it is put right.
JsonBody read_news_body(const ApiRequest& request, const ingest::DocumentLimits& limits);

/// The first member of `object` that is not `known`, as an error of the body at its pointer.
std::optional<FieldError> unknown_member(const boost::json::object& object, std::span<const std::string_view> known,
                                         std::string_view base = "");

}  // namespace tapewatch
