// Tested by tests/daemon/api/held_api_test.cpp
#include "daemon/api/held_api.hpp"

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "storage/document/held_documents.hpp"

namespace tapewatch {
namespace {

void append_held(notation::JsonWriter& json, const storage::HeldRow& row) {
  json.begin_object().field("id", std::to_string(row.id)).field("source", row.source);
  json.field("source_id", row.external_id).field("intake", row.intake).field("title", row.title).field("url", row.url);
  json.field("revision", row.revision).field("held_at", row.held_at).field("embargo_until", row.embargo_until);
  json.end_object();
}

ApiResponse list_held(ReaderPool& readers, const ApiRequest& http) {
  constexpr std::int64_t kMost = 1'000;
  Parameters parameters(http);
  const auto limit = static_cast<std::size_t>(parameters.integer("limit", 1, kMost).value_or(100));
  const std::int64_t after = parameters.integer("after", 0, INT64_MAX).value_or(0);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    auto rows = storage::HeldDocuments(connection).list(after, limit + 1);
    std::optional<std::string> next;
    if (rows.size() > limit) {
      rows.pop_back();
      next = std::to_string(rows.back().id);
    }
    notation::JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const auto& row : rows) append_held(json, row);
    json.end_array().field("next_cursor", next).end_object();
    return json_response(json.take());
  });
}

std::shared_ptr<DeferredAnswer> forget_held(const OperatorDesk& desk, const ApiRequest& http, const Reply& reply) {
  Parameters parameters(http);
  const auto id = parameters.integer("id", 1, INT64_MAX);
  if (!id) parameters.error("id", "which one: its id in GET /v1/held");
  if (auto refusal = parameters.problem()) {
    reply(std::move(*refusal));
    return nullptr;
  }
  return operate(
      desk, http, reply, [id = *id, request = http.request_id](storage::Connection& connection, TimePoint) -> Operated {
        const std::string name = std::to_string(id);
        storage::HeldDocuments held(connection);
        const auto rows = held.list(id - 1, 1);
        if (!held.take(id)) return {problem(problems::kNotFound, "no held document has the id " + name, request), {}};
        notation::JsonWriter json;
        json.begin_object().field("id", name).field("status", "deleted").end_object();
        ApiResponse answer = json_response(json.take());
        json.begin_object().field("source", rows.front().source).field("source_id", rows.front().external_id);
        return {std::move(answer),
                Deed{"held.delete", name, json.end_object().take(), "held document " + name + " is forgotten"}};
      });
}

}  // namespace

void add_held_routes(Router& router, ReaderPool& readers, const OperatorDesk& desk) {
  router.get("/v1/held", Access::operate,
             QueryHandler{[&readers](const ApiRequest& http) { return list_held(readers, http); }});
  router.add(Route{
      "DELETE", "/v1/held", Access::operate,
      DeferredHandler{[desk](const ApiRequest& http, const Reply& reply) { return forget_held(desk, http, reply); }},
      0});
}

}  // namespace tapewatch
