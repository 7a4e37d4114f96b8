// Tested by tests/e2e/alerts/gone_receiver_test.py
#include "daemon/api/webhook_api.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/notation/json_writer.hpp"
#include "config/notation/url.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/pipeline/delivery/service_messages.hpp"
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

const alerts::WebhookOptions* find_webhook(const Webhooks& webhooks, std::string_view name) {
  const auto found = std::find_if(webhooks.begin(), webhooks.end(), [&](const auto& one) { return one.name == name; });
  return found == webhooks.end() ? nullptr : &*found;
}

std::shared_ptr<DeferredAnswer> enable(const OperatorDesk& desk, const Webhooks& webhooks, const ApiRequest& http,
                                       const Reply& reply) {
  const std::string name(http.path_parameter("name"));
  if (find_webhook(webhooks, name) == nullptr) {
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

/// Puts a test into the outbox: it goes the way that alerts go, and its outcome is that of its delivery.
std::shared_ptr<DeferredAnswer> test(const OperatorDesk& desk, const Webhooks& webhooks,
                                     const std::string& config_version, const ApiRequest& http, const Reply& reply) {
  const std::string name(http.path_parameter("name"));
  const alerts::WebhookOptions* webhook = find_webhook(webhooks, name);
  if (webhook == nullptr) {
    reply(problem(problems::kNotFound, "no webhook has the name " + name, http.request_id));
    return nullptr;
  }
  alerts::MessageContext context;
  context.config_version = config_version;
  return operate(
      desk, http, reply,
      [webhook = *webhook, context, id = http.request_id](storage::Connection& connection, TimePoint now) -> Operated {
        storage::Outbox outbox(connection);
        if (const auto off = outbox.disabled_reason(webhook.name)) {
          const auto why = fmt::format("the webhook {} is switched off ({}); POST /v1/webhooks/{}/enable first",
                                       webhook.name, *off, webhook.name);
          return {problem(problems::kConflict, why, id), {}};
        }
        notation::JsonWriter json;
        json.begin_object().field("name", webhook.name).key("deliveries").begin_array();
        for (const auto& message : to_test_messages(webhook, id, context, now)) {
          json.value(outbox.enqueue(message, now));
        }
        Operated done{json_response(json.end_array().end_object().take()), {}};
        done.deed =
            Deed{"webhook.test", webhook.name, "{}", fmt::format("a test is sent to the webhook {}", webhook.name)};
        return done;
      });
}

}  // namespace

void add_webhook_routes(Router& router, ReaderPool& readers, const LiveConfig& live, const OperatorDesk& desk) {
  router.get("/v1/webhooks", Access::operate, QueryHandler{[&readers, &live](const ApiRequest& http) {
               const auto config = live.config();
               return list_webhooks(readers, config->webhooks, http);
             }});
  router.add(Route{"POST", "/v1/webhooks/{name}/enable", Access::operate,
                   DeferredHandler{[desk, &live](const ApiRequest& http, Reply reply) {
                     const auto config = live.config();
                     return enable(desk, config->webhooks, http, reply);
                   }},
                   0});
  router.add(Route{"POST", "/v1/webhooks/{name}/test", Access::operate,
                   DeferredHandler{[desk, &live](const ApiRequest& http, Reply reply) {
                     const auto config = live.config();
                     return test(desk, config->webhooks, config->version, http, reply);
                   }},
                   0});
}

}  // namespace tapewatch
