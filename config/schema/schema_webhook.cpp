// Tested by tests/config/schema/schema_alerts_test.cpp
#include <algorithm>

#include "config/schema/schema.hpp"

namespace tapewatch::config {

using alerts::HeartbeatOptions;
using alerts::WebhookOptions;

namespace {

void add_secrets(Reader& reader, const Place& place, std::string_view text, WebhookOptions& into) {
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string_view::npos) {
    const auto end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    auto secret = alerts::WebhookSecret::parse(text.substr(at, end - at));
    if (secret) {
      into.secrets.push_back(std::move(*secret));
    } else {
      reader.error(place, secret.error().reason);
    }
    at = end;
  }
}

/// Calls `each` for a text, or for every text of a list: secrets rotate.
template <class Each>
void one_or_many(Reader& reader, const Place& place, Each each) {
  if (const auto* list = std::get_if<List>(&place.node.value)) {
    if (list->empty()) reader.error(place, "is empty; leave it out to send without a signature");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Place item{(*list)[i], fmt::format("{}[{}]", place.path, i + 1)};
      if (const auto text = reader.text(item)) each(item, text->value);
    }
  } else if (const auto text = reader.text(place)) {
    each(place, text->value);
  }
}

void read_secret(Reader& reader, const Place& place, WebhookOptions& into) {
  one_or_many(reader, place, [&](const Place& item, const std::string& secret) {
    if (secret.empty()) reader.error(item, "must not be empty");
    add_secrets(reader, item, secret, into);
  });
}

void read_secret_file(Reader& reader, const Place& place, WebhookOptions& into) {
  one_or_many(reader, place, [&](const Place& item, const std::string& name) {
    if (const auto content = reader.secret_file(item, name)) add_secrets(reader, item, *content, into);
  });
}

void read_routing_key_file(Reader& reader, const Place& place, WebhookOptions& into) {
  const auto name = reader.text(place);
  if (!name) return;
  if (auto content = reader.secret_file(place, name->value)) into.routing_key = std::move(*content);
}

void read_url_file(Reader& reader, const Place& place, WebhookOptions& into) {
  const auto name = reader.text(place);
  if (!name) return;
  if (!into.url.empty()) return reader.error(place, "'url' is given too; give only one of them");
  auto content = reader.secret_file(place, name->value);
  if (!content) return;
  http_url()(reader, place, {*content, false});
  into.url = std::move(*content);
}

}  // namespace

const Keys<WebhookOptions>& webhook_keys() {
  using W = WebhookOptions;
  static const Keys<W> keys = {
      text_key<W>("name", &W::name, "What the receiver is called, in metrics and in the log.", plain_name()),
      text_key<W>("url", &W::url, "Where alerts are sent.", http_url()),
      {"url_file", "text", "A file that holds the address, where the address is a secret.", read_url_file},
      text_key<W>("proxy", &W::proxy, "Sent through this proxy; \"\": directly. Absent: daemon.proxy.", proxy_url()),
      {"secret", "text or list", "whsec_… of Standard Webhooks; several while rotating.", read_secret},
      {"secret_file", "text or list", "A file that holds it; several while rotating.", read_secret_file},
      text_key<W>("format", &W::format, "tapewatch: the contract's own body, signed; or what the receiver is.",
                  one_of({alerts::kFormats.begin(), alerts::kFormats.end()})),
      text_key<W>("routing_key", &W::routing_key, "Of PagerDuty's integration (Events API v2).", {}),
      {"routing_key_file", "text", "A file that holds it.", read_routing_key_file},
      text_lists_key<W>("match", &W::match, "severity, rule or a label, each with the values accepted; all must hold."),
      texts_key<W>("events", &W::events,
                   "firing, updated, resolved, acknowledged; account: once a week what each rule promised and spent.",
                   one_of({alerts::kEvents.begin(), alerts::kEvents.end()})),
      bounded_key<W>("timeout", &W::timeout, "For one attempt.", alerts::kTimeoutBounds),
      whole_key<W>("max_in_flight", &W::max_in_flight, "Requests at a time, each of another alert.", 1,
                   alerts::kMostInFlight),
      text_key<W>("ca_file", &W::ca_file, "PEM bundle that replaces the system's authorities.", not_empty()),
      text_key<W>("reach", &W::reach, "network: every address but link-local ones; public: of the Internet only; any.",
                  one_of({alerts::kReaches.begin(), alerts::kReaches.end()})),
      text_key<W>("fallback", &W::fallback, "The webhook that is told instead once this one is off or gives up.",
                  not_empty()),
  };
  return keys;
}

void finish_webhook(Reader& reader, const Place& place, WebhookOptions& webhook, bool keys_are_fine) {
  require(reader, place, "name", !webhook.name.empty());
  const auto* members = std::get_if<Table>(&place.node.value);
  const bool has_url =
      members != nullptr && (find(*members, "url") != nullptr || find(*members, "url_file") != nullptr);
  const bool is_pagerduty = webhook.format == "pagerduty";
  if (is_pagerduty && !has_url) webhook.url = alerts::kPagerDutyUrl;
  require(reader, place, "url", has_url || is_pagerduty);
  const bool is_circular = !webhook.name.empty() && webhook.fallback == webhook.name;
  if (is_circular) {  // whatever else is wrong with the table
    reader.error(place_of(place, "fallback"),
                 fmt::format("{}.fallback: names the webhook itself; name another one, or leave it out", place.path));
    webhook.fallback.clear();
  }
  if (!keys_are_fine || webhook.url.empty() || webhook.name.empty()) return;
  // Checks that span several keys: a list that is empty.
  if (const auto problem = alerts::validate(webhook)) {
    const bool routing = is_pagerduty != !webhook.routing_key.empty();
    const bool events = webhook.events.empty() || problem->starts_with("events");
    const Position at = place_of(place, routing ? "format" : events ? "events" : "match");
    reader.error(at, fmt::format("{}: {}", place.path, *problem));
  }
}

const Keys<HeartbeatOptions>& heartbeat_keys() {
  using H = HeartbeatOptions;
  static const Keys<H> keys = {
      text_key<H>("webhook", &H::webhook, "The webhook that is told that tapewatch runs.", plain_name()),
      bounded_key<H>("interval", &H::interval, "Between two heartbeats.", alerts::kHeartbeatBounds),
  };
  return keys;
}

void finish_heartbeat(Reader& reader, const Place& place, HeartbeatOptions& heartbeat, bool) {
  require(reader, place, "webhook", !heartbeat.webhook.empty());
}

}  // namespace tapewatch::config
