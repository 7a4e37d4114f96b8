// Tested by tests/e2e/alerts/gone_receiver_test.py
#include "daemon/api/webhook_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "config/notation/json_writer.hpp"
#include "config/notation/url.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "storage/alert/outbox.hpp"

namespace tapewatch {
namespace {

using Webhooks = std::vector<alerts::WebhookOptions>;

/// The address without its path, which for many receivers is the secret.
ApiResponse list_webhooks(ReaderPool& readers, const Webhooks& webhooks, const ApiRequest& http) {
  Parameters parameters(http);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    const storage::Outbox outbox(connection);
    const auto counts = outbox.counts();
    notation::JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const auto& webhook : webhooks) {
      const auto off = outbox.disabled_reason(webhook.name);
      const auto waiting = std::find_if(counts.begin(), counts.end(), [&](const storage::OutboxCount& count) {
        return count.webhook == webhook.name;
      });
      json.begin_object().field("name", webhook.name).field("host", notation::url_origin(webhook.url));
      json.field("format", webhook.format).field("signed", !webhook.secrets.empty()).key("events").begin_array();
      for (const auto& event : webhook.events) json.value(event);
      json.end_array().field("enabled", !off).field("reason", off);
      json.field("pending", waiting == counts.end() ? std::int64_t{0} : waiting->pending).end_object();
    }
    json.end_array().end_object();
    return json_response(json.take());
  });
}

std::shared_ptr<DeferredAnswer> enable(const OperatorDesk& desk, const Webhooks& webhooks, const ApiRequest& http,
                                       const Reply& reply) {
  const std::string name(http.path_parameter("name"));
  const bool known = std::any_of(webhooks.begin(), webhooks.end(), [&](const auto& one) { return one.name == name; });
  if (!known) {
    reply(problem(problems::kNotFound, "no webhook has the name " + name, http.request_id));
    return nullptr;
  }
  return operate(desk, http, reply, [name](storage::Connection& connection, TimePoint now) {
    storage::Outbox outbox(connection);
    const auto off = outbox.disabled_reason(name);
    outbox.enable(name, now);
    notation::JsonWriter json;
    json.begin_object().field("name", name).field("enabled", true).end_object();
    Operated done{json_response(json.take()), {}};
    if (off) {
      json.begin_object().field("was_off_because", *off).end_object();
      done.deed = Deed{"webhook.enable", name, json.take(), fmt::format("webhook {} is enabled again", name)};
    }
    return done;
  });
}

std::shared_ptr<DeferredAnswer> retry(const OperatorDesk& desk, const ApiRequest& http, const Reply& reply) {
  const std::string text(http.path_parameter("id"));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    reply(problem(problems::kNotFound, "no delivery has the id " + text, http.request_id));
    return nullptr;
  }
  return operate(
      desk, http, reply, [number, id = http.request_id](storage::Connection& connection, TimePoint now) -> Operated {
        storage::Outbox outbox(connection);
        const auto row = outbox.find(number);
        if (!row) return {problem(problems::kNotFound, fmt::format("no delivery has the id {}", number), id), {}};
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

void add_webhook_routes(Router& router, ReaderPool& readers, Webhooks webhooks, const OperatorDesk& desk) {
  const auto all = std::make_shared<const Webhooks>(std::move(webhooks));
  router.get("/v1/webhooks", Access::operate,
             QueryHandler{[&readers, all](const ApiRequest& http) { return list_webhooks(readers, *all, http); }});
  router.add(Route{
      "POST", "/v1/webhooks/{name}/enable", Access::operate,
      DeferredHandler{[desk, all](const ApiRequest& http, Reply reply) { return enable(desk, *all, http, reply); }},
      0});
  router.add(Route{"POST", "/v1/deliveries/{id}/retry", Access::operate,
                   DeferredHandler{[desk](const ApiRequest& http, Reply reply) { return retry(desk, http, reply); }},
                   0});
}

}  // namespace tapewatch
