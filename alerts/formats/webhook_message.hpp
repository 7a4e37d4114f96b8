#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "alerts/alert.hpp"
#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/signed_links.hpp"

namespace tapewatch::alerts {

inline constexpr std::size_t kMaxWebhookBytes = 20'000;

/// The parts of a message beyond its transition.
struct MessageContext {
  std::string external_url;  ///< the start of the links; without it they are null
  std::string config_version;
  bool missed = false;    ///< its firing was never delivered and the alert is over
  unsigned repeat = 0;    ///< the how manieth time it is told again that the alert fires; 0: it is not
  AlertLinks links = {};  ///< what alert_url and chart_url carry
};

/// The page of an alert; "" without an external_url. `timestamp`: from which on the link is good.
std::string alert_url(const std::string& alert_id, const MessageContext&, TimePoint timestamp);

/// The JSON body of the contract's "Alert webhook", always under kMaxWebhookBytes: titles are cut first, then links and
/// stories are left out. `timestamp` is the message's own (wall) time.
std::string webhook_body(const Transition&, const MessageContext&, TimePoint timestamp);

/// Whether the webhook is notified: by its events list, as far as its format has a use for them, every `match` entry
/// ("severity", "rule", or a label of the rule), and never for late alerts, those that a calendar keeps back, or
/// transitions without a type. One that was `told` that the alert fires hears how it goes on, although the rule's
/// severity or labels have changed since.
bool wants(const WebhookOptions&, const Transition&, bool told = false);

}  // namespace tapewatch::alerts
