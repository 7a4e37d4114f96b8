#include "daemon/api/output_api.hpp"

#include <optional>
#include <utility>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"

namespace tapewatch {
namespace {

std::optional<std::string> text_or_nothing(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void append_output(notation::JsonWriter& json, const OutputReport& output) {
  json.begin_object().field("name", output.name).field("documents", text_or_nothing(output.documents));
  json.field("alerts", text_or_nothing(output.alerts)).field("state", output.state);
  json.field("position", output.position).field("lag", output.lag);
  json.field("published", static_cast<std::int64_t>(output.published));
  json.field("left_out", static_cast<std::int64_t>(output.left_out));
  json.field("lost", static_cast<std::int64_t>(output.lost));
  json.field("last_success", output.last_success).field("waiting_since", output.waiting_since);
  json.field("last_error", text_or_nothing(output.last_error)).field("last_error_at", output.last_error_at);
  json.end_object();
}

ApiResponse list_outputs(const ReportOutputs& outputs, const ApiRequest& http) {
  if (auto refusal = Parameters(http).problem()) return std::move(*refusal);
  notation::JsonWriter json;
  json.begin_object().key("items").begin_array();
  if (outputs) {
    for (const OutputReport& output : outputs()) append_output(json, output);
  }
  json.end_array().end_object();
  return json_response(json.take());
}

}  // namespace

void add_output_routes(Router& router, ReportOutputs outputs) {
  router.get("/v1/outputs", Access::read, QueryHandler{[outputs = std::move(outputs)](const ApiRequest& http) {
               return list_outputs(outputs, http);
             }});
}

}  // namespace tapewatch
