// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/delivery_api.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "daemon/api/format/export_format.hpp"
#include "daemon/api/format/text_or_null.hpp"
#include "daemon/api/request/parameters.hpp"

namespace tapewatch {
namespace {

void append_delivery_members(notation::JsonWriter& json, const storage::OutboxRow& row) {
  json.field("id", row.number).field("webhook_id", row.message.id);
  json.field("webhook", row.message.webhook).field("type", row.message.type);
  const bool about_alert = row.message.type.starts_with("alert.");
  append_text_or_null(json, "alert", about_alert ? row.message.alert_id : std::string());
  json.field("state", row.state).field("attempts", row.attempts).field("created_at", row.message.created_at);
  json.field("first_attempt_at", row.first_attempt_at).field("last_attempt_at", row.last_attempt_at);
  json.key("next_attempt_at");
  if (row.state == "pending") {
    json.value(row.next_attempt_at);
  } else {
    json.null();
  }
  json.key("last_status");
  if (row.last_status == 0) {
    json.null();
  } else {
    json.value(row.last_status);
  }
  append_text_or_null(json, "last_error", row.last_error);
}

void append_attempt(notation::JsonWriter& json, const storage::DeliveryAttempt& attempt) {
  json.begin_object().field("attempt", attempt.attempt).field("at", attempt.result.at);
  json.key("status");
  if (attempt.result.status == 0) {
    json.null();
  } else {
    json.value(attempt.result.status);
  }
  json.field("outcome", attempt.result.outcome);
  append_text_or_null(json, "error", attempt.result.error);
  json.field("duration_ms", attempt.result.duration_ms).field("next_attempt_at", attempt.result.next_attempt_at);
  json.end_object();
}

std::optional<std::int64_t> delivery_number(const ApiRequest& http) {
  const std::string_view text = http.path_parameter("id");
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

ApiResponse unknown_delivery(const ApiRequest& http) {
  return problem(problems::kNotFound, fmt::format("no delivery has the id {}", http.path_parameter("id")),
                 http.request_id);
}

ApiResponse list_deliveries(ReaderPool& readers, const ApiRequest& http) {
  Parameters parameters(http);
  storage::DeliveryQuery query;
  query.webhook = parameters.text("webhook").value_or("");
  query.state =
      parameters.choice("state", {"pending", "delivered", "exhausted", "disabled", "superseded"}).value_or("");
  query.alert_id = parameters.text("alert").value_or("");
  query.limit = static_cast<std::size_t>(parameters.integer("limit", 1, 1000).value_or(100));
  query.cursor = parameters.text("cursor").value_or("");
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    const auto page = storage::Outbox(connection).list(query);
    notation::JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const auto& row : page.items) append_delivery(json, row);
    json.end_array().field("next_cursor", page.next_cursor).end_object();
    return json_response(json.take());
  });
}

ApiResponse get_delivery(ReaderPool& readers, const ApiRequest& http) {
  Parameters parameters(http);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  const auto number = delivery_number(http);
  if (!number) return unknown_delivery(http);
  return readers.answer(http, [&](storage::Connection& connection) {
    const storage::Outbox outbox(connection);
    const auto row = outbox.find(*number);
    if (!row) return unknown_delivery(http);
    notation::JsonWriter json;
    json.begin_object();
    append_delivery_members(json, *row);
    json.key("log").begin_array();
    for (const auto& attempt : outbox.attempts(*number)) append_attempt(json, attempt);
    json.end_array().end_object();
    return json_response(json.take());
  });
}

std::shared_ptr<DeferredAnswer> retry(const OperatorDesk& desk, const ApiRequest& http, const Reply& reply) {
  const auto asked = delivery_number(http);
  if (!asked) {
    reply(unknown_delivery(http));
    return nullptr;
  }
  return operate(
      desk, http, reply,
      [number = *asked, missing = unknown_delivery(http)](storage::Connection& connection, TimePoint now) -> Operated {
        storage::Outbox outbox(connection);
        const auto row = outbox.find(number);
        if (!row) return {missing, {}};
        const bool again = outbox.retry(number, now);
        notation::JsonWriter json;
        json.begin_object().field("id", number).field("state", again ? std::string("pending") : row->state);
        Operated done{json_response(json.end_object().take()), {}};
        if (again) {
          const auto& message = row->message;
          json.begin_object().field("webhook", message.webhook).field("type", message.type);
          json.field("alert", message.alert_id).field("was", row->state).end_object();
          done.deed = Deed{"delivery.retry", std::to_string(number), json.take(),
                           fmt::format("delivery {} to the webhook {} is tried again", number, message.webhook)};
        }
        return done;
      });
}

}  // namespace

void append_delivery(notation::JsonWriter& json, const storage::OutboxRow& row) {
  json.begin_object();
  append_delivery_members(json, row);
  json.end_object();
}

void add_delivery_routes(Router& router, ReaderPool& readers) {
  router.get("/v1/deliveries", Access::read,
             QueryHandler{[&readers](const ApiRequest& http) { return list_deliveries(readers, http); }});
  router.get("/v1/deliveries/{id}", Access::read,
             QueryHandler{[&readers](const ApiRequest& http) { return get_delivery(readers, http); }});
}

void add_retry_route(Router& router, const OperatorDesk& desk) {
  router.add(Route{"POST", "/v1/deliveries/{id}/retry", Access::operate,
                   DeferredHandler{[desk](const ApiRequest& http, Reply reply) { return retry(desk, http, reply); }},
                   0});
}

}  // namespace tapewatch
