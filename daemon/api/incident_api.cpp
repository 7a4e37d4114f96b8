#include "daemon/api/incident_api.hpp"

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/api/request/unknown_ids.hpp"
#include "storage/incident/incident_log.hpp"
#include "storage/incident/incident_reader.hpp"

namespace tapewatch {
namespace {

void append_incident(notation::JsonWriter& json, const storage::IncidentRow& incident) {
  json.begin_object()
      .field("id", incident.id)
      .field("kind", incident.kind)
      .field("source", incident.source)
      .field("from", incident.from)
      .field("to", incident.to)
      .field("documents", incident.documents)
      .field("noted_at", incident.noted_at)
      .field("detail", incident.detail)
      .end_object();
}

std::string incidents_as_csv(const storage::IncidentPage& page) {
  std::string out = "id,kind,source,from,to,documents,noted_at,detail\r\n";
  CsvLine line;
  for (const auto& incident : page.items) {
    line.field(incident.id).field(incident.kind).field(incident.source.value_or("")).field(incident.from);
    if (incident.to) {
      line.field(*incident.to);
    } else {
      line.field("");
    }
    if (incident.documents) {
      line.field(*incident.documents);
    } else {
      line.field("");
    }
    line.field(incident.noted_at).field(incident.detail).end_into(out);
  }
  return out;
}

ApiResponse incident_page(const storage::IncidentPage& page, Format format, const ApiRequest& http) {
  if (format == Format::json) {
    notation::JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const auto& incident : page.items) append_incident(json, incident);
    json.end_array().field("next_cursor", page.next_cursor).end_object();
    return json_response(json.take());
  }
  std::string lines;
  for (const auto& incident : page.items) {
    if (format == Format::csv) break;
    notation::JsonWriter json;
    append_incident(json, incident);
    lines += json.take() + "\n";
  }
  ApiResponse response =
      format == Format::csv ? csv_response(incidents_as_csv(page)) : ndjson_response(std::move(lines));
  if (page.next_cursor) add_next_link(response, http, *page.next_cursor);
  return response;
}

ApiResponse list_incidents(ReaderPool& readers, const PresentNames& names, const ApiRequest& http) {
  Parameters parameters(http);
  storage::IncidentQuery query;
  query.kinds = parameters.list("kind");
  query.sources = parameters.repeated("source");
  query.from = parameters.time("from");
  query.to = parameters.time("to");
  if (query.from && query.to && *query.from >= *query.to) parameters.error("from", "must be before to");
  query.limit = static_cast<std::size_t>(parameters.integer("limit", 1, 1000).value_or(100));
  query.cursor = parameters.text("cursor").value_or("");
  const Format format = read_format(parameters, http);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  static const std::vector<std::string> kKinds(storage::kIncidentKinds.begin(), storage::kIncidentKinds.end());
  if (auto refusal = refuse_unknown("kind", "kind of incident", kKinds, query.kinds, http)) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    if (auto refusal = unknown_names(connection, readers.options(), names, {}, query.sources, http)) {
      return std::move(*refusal);
    }
    return incident_page(storage::list_incidents(connection, query), format, http);
  });
}

}  // namespace

void add_incident_routes(Router& router, ReaderPool& readers, PresentNames names) {
  router.get("/v1/incidents", Access::read, QueryHandler{[&readers, names = std::move(names)](const ApiRequest& http) {
               return list_incidents(readers, names, http);
             }});
}

}  // namespace tapewatch
