#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "alerts/alert.hpp"
#include "alerts/delivery/webhook_options.hpp"

namespace tapewatch::alerts {

inline constexpr std::size_t kMaxWebhookBytes = 20'000;

/// What a message says beyond its transition.
struct MessageContext {
  std::string external_url;  ///< begins the links; without it they are null
  std::string config_version;
  bool missed = false;        ///< its firing never got through and the alert is over
  std::string suppressed_by;  ///< the silence that holds it; empty: none
};

/// The JSON body of the contract's "Alert webhook", always under kMaxWebhookBytes: titles are cut, then links and
/// stories left out, before anything else. `timestamp` is the message's own (wall) time.
std::string webhook_body(const Transition&, const MessageContext&, TimePoint timestamp);

/// What the other webhooks are told when one is switched off: `webhook-disabled` with its name and the reason.
std::string webhook_disabled_body(std::string_view webhook, std::string_view reason, const MessageContext&,
                                  TimePoint timestamp);

/// Whether the webhook is told: its events list, every `match` entry ("severity", "rule", or a label of the rule), and
/// never for late alerts or transitions without a type.
bool wants(const WebhookOptions&, const Transition&);

}  // namespace tapewatch::alerts
