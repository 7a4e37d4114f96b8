#pragma once
#include <map>
#include <optional>
#include <string>

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/webhook_message.hpp"

namespace tapewatch::alerts {

/// An alert as it is stored, and who has just acknowledged it.
struct AcknowledgedAlert {
  std::string id;
  std::int64_t sequence = 0;  ///< of its last transition
  std::string state, rule, severity;
  std::map<std::string, std::string> key, labels;
  std::string measure;
  std::string evidence_json;  ///< an object, with the summary
  TimePoint started_at{}, updated_at{};
  std::optional<TimePoint> ended_at;
  std::string runbook_url;

  TimePoint at{};  ///< wall time of the acknowledgement
  std::string by, comment;
  std::optional<std::string> verdict;  ///< useful, noise, duplicate
};

/// `alert.acknowledged`: the alert's main members and `acknowledgement` {at, by, comment, verdict}. Below
/// kMaxWebhookBytes: what does not fit goes without its labels. With its stories, so that a document that is taken back
/// is found in it.
std::string acknowledged_body(const AcknowledgedAlert& alert, const MessageContext& context);

/// Whether the webhook hears of it. `told`: it was told that the alert fires. PagerDuty always does, where it was told
/// and the alert still fires; others where `events` lists `acknowledged`: of what they were told, or, where they do not
/// ask for what fires, of what they match.
bool wants_acknowledgement(const WebhookOptions& webhook, const AcknowledgedAlert& alert, bool told);

}  // namespace tapewatch::alerts
