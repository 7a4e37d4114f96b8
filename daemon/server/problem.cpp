// Tested by tests/daemon/server/router_test.cpp
#include "daemon/server/problem.hpp"

#include <fmt/format.h>

#include "config/notation/json_writer.hpp"

namespace tapewatch {

namespace {

std::string_view member_of(FieldError::In in) {
  switch (in) {
    case FieldError::In::parameter:
      return "parameter";
    case FieldError::In::pointer:
      return "pointer";
    case FieldError::In::place:
      break;
  }
  return "place";
}

}  // namespace

ApiResponse problem(const ProblemKind& kind, std::string_view detail, std::string_view request_id,
                    const std::vector<FieldError>& errors, const std::optional<Limit>& limit) {
  notation::JsonWriter json;
  json.begin_object();
  json.field("type", "urn:tapewatch:problem:" + std::string(kind.slug));
  json.field("title", kind.title).field("status", kind.status).field("detail", detail);
  if (!errors.empty()) {
    json.key("errors").begin_array();
    for (const FieldError& error : errors) {
      json.begin_object();
      json.field(member_of(error.in), error.name);
      json.field("detail", error.detail).end_object();
    }
    json.end_array();
  }
  if (limit) json.key("limit").begin_object().field("name", limit->name).field("value", limit->value).end_object();
  json.field("request_id", request_id).end_object();

  ApiResponse response;
  response.status = kind.status;
  response.content_type = "application/problem+json";
  response.body = json.take();
  if (kind.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

ApiResponse body_too_large(std::uint64_t max_body_bytes, std::string_view request_id) {
  return problem(problems::kTooLarge,
                 max_body_bytes == 0 ? std::string("no body is accepted here")
                                     : fmt::format("the body may have at most {} bytes here", max_body_bytes),
                 request_id, {}, Limit{"body_bytes", max_body_bytes});
}

}  // namespace tapewatch
