#include "daemon/api/audit_api.hpp"

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/format/text_or_null.hpp"
#include "daemon/api/request/parameters.hpp"
#include "storage/alert/audit.hpp"

namespace tapewatch {
namespace {

ApiResponse list_audit(ReaderPool& readers, const ApiRequest& http) {
  Parameters parameters(http);
  storage::AuditQuery query;
  query.action = parameters.choice(
      "action", {"alert.acknowledge", "silence.add", "silence.end", "delivery.retry", "webhook.enable", "webhook.test",
                 "held.delete", "document.delete", "configuration.reload", "history.rescore", "history.rescore.end"});
  query.target = parameters.text("target");
  query.from = parameters.time("from");
  query.to = parameters.time("to");
  if (query.from && query.to && *query.from >= *query.to) parameters.error("from", "must be before to");
  query.limit = static_cast<std::size_t>(parameters.integer("limit", 1, 1000).value_or(100));
  query.cursor = parameters.text("cursor").value_or("");
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    const auto page = storage::Audit(connection).list(query);
    notation::JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const auto& entry : page.items) {
      json.begin_object().field("seq", entry.seq).field("at", entry.at);
      append_text_or_null(json, "who", entry.who);
      json.field("role", entry.role)
          .field("action", entry.action)
          .field("target", entry.target)
          .key("detail")
          .raw(entry.detail_json);
      json.end_object();
    }
    json.end_array().field("next_cursor", page.next_cursor).end_object();
    return json_response(json.take());
  });
}

}  // namespace

void add_audit_routes(Router& router, ReaderPool& readers) {
  router.get("/v1/audit", Access::operate,
             QueryHandler{[&readers](const ApiRequest& http) { return list_audit(readers, http); }});
}

}  // namespace tapewatch
