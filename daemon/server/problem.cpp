#include "daemon/server/problem.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch {

ApiResponse problem(const ProblemKind& kind, std::string_view detail, std::string_view request_id,
                    const std::vector<FieldError>& errors) {
  notation::JsonWriter json;
  json.begin_object();
  json.field("type", "urn:tapewatch:problem:" + std::string(kind.slug));
  json.field("title", kind.title).field("status", kind.status).field("detail", detail);
  if (!errors.empty()) {
    json.key("errors").begin_array();
    for (const FieldError& error : errors) {
      json.begin_object();
      json.field(error.in == FieldError::In::parameter ? "parameter" : "pointer", error.name);
      json.field("detail", error.detail).end_object();
    }
    json.end_array();
  }
  json.field("request_id", request_id).end_object();

  ApiResponse response;
  response.status = kind.status;
  response.content_type = "application/problem+json";
  response.body = json.take();
  if (kind.slug == problems::busy.slug || kind.slug == problems::deadline.slug) {
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

}  // namespace tapewatch
