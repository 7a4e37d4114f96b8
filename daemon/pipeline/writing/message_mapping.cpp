// Tested by tests/daemon/pipeline/writing/alert_teller_test.cpp
// What the outbox holds, of what is to be told.
#include <fmt/format.h>

#include "alerts/formats/digest_message.hpp"
#include "alerts/formats/message_format.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "daemon/pipeline/writing/outbox_message.hpp"

namespace tapewatch {
namespace {

alerts::Transition fired(const storage::AlertRow& row) {
  alerts::Transition alert;
  alert.alert_id = row.id;
  alert.rule = row.rule;
  alert.severity = row.severity;
  alert.state = alerts::AlertState::firing;
  alert.type = "alert.firing";
  alert.key = texts_of(row.key_json);
  alert.labels = texts_of(row.labels_json);
  return alert;
}

alerts::DigestedAlert to_digested(const storage::AlertRow& row) {
  alerts::DigestedAlert alert;
  alert.id = row.id;
  alert.severity = row.severity;
  alert.summary = texts_of(row.evidence_json)["summary"];
  alert.key = texts_of(row.key_json);
  alert.started_at = row.started_at;
  alert.ended_at = row.ended_at;
  return alert;
}

}  // namespace

std::vector<storage::OutboxMessage> to_outbox_messages(const alerts::Telling& telling, std::string_view occasion,
                                                       alerts::MessageContext context, TimePoint now) {
  const alerts::Transition& alert = telling.alert;
  context.repeat = telling.repeat;
  std::vector<storage::OutboxMessage> messages;
  messages.reserve(telling.to.size());
  for (const std::string& webhook : telling.to) {
    std::string identity = fmt::format("{}\n{}\n{}", alert.alert_id, alert.sequence, webhook);
    if (!occasion.empty()) identity += fmt::format("\n{}", occasion);
    std::string body = messages.empty() ? alerts::webhook_body(alert, context, now) : messages.front().body;
    messages.push_back(outbox_message(alert.type, webhook, identity, std::move(body), now));
    messages.back().alert_id = alert.alert_id;
  }
  return messages;
}

std::vector<storage::OutboxMessage> to_digest_messages(const storage::DigestRow& row,
                                                       std::span<const storage::AlertRow> digested,
                                                       std::span<const alerts::WebhookOptions> webhooks,
                                                       const alerts::MessageContext& context, TimePoint now) {
  std::vector<storage::OutboxMessage> messages;
  for (const auto& webhook : webhooks) {
    if (!alerts::message_format(webhook.format).takes("digest")) continue;
    alerts::Digest digest{row.rule, row.since, row.until, {}};
    for (const auto& alert : digested) {
      if (alerts::wants(webhook, fired(alert))) digest.alerts.push_back(to_digested(alert));
    }
    if (digest.alerts.empty()) continue;
    messages.push_back(outbox_message("digest", webhook.name, fmt::format("digest\n{}\n{}", row.number, webhook.name),
                                      alerts::digest_body(digest, context, now), now));
  }
  return messages;
}

storage::OutboxMessage to_account_message(const std::string& webhook, const std::string& body, TimePoint due,
                                          TimePoint now) {
  const auto identity = fmt::format("account\n{}\n{}", webhook, due.time_since_epoch().count());
  return outbox_message("account", webhook, identity, body, now);
}

alerts::Notice to_notice(const storage::NoticeRow& row) {
  alerts::Notice notice;
  notice.alert_id = row.alert_id;
  notice.rule = row.rule;
  notice.key = texts_of(row.key_json);
  notice.severity = row.severity;
  notice.labels = texts_of(row.labels_json);
  notice.suppressed_by = row.suppressed_by;
  notice.update_held = row.update_held;
  notice.told = row.told;
  notice.announced_at = row.announced_at;
  notice.announced_time = row.announced_time;
  notice.told_at = row.told_at;
  notice.repeats = static_cast<unsigned>(row.repeats);
  notice.raised_to = row.raised_to;
  return notice;
}

storage::NoticeRow to_notice_row(const alerts::Notice& notice, bool open, std::optional<std::int64_t> digest) {
  storage::NoticeRow row;
  row.alert_id = notice.alert_id;
  row.rule = notice.rule;
  row.open = open;
  row.update_held = notice.update_held;
  row.told = notice.told;
  row.announced_at = notice.announced_at;
  row.announced_time = notice.announced_time;
  row.told_at = notice.told_at;
  row.repeats = notice.repeats;
  row.raised_to = notice.raised_to;
  row.digest = digest;
  return row;
}

std::vector<alerts::Silence> to_silences(std::span<const storage::SilenceRow> rows) {
  std::vector<alerts::Silence> silences;
  silences.reserve(rows.size());
  for (const auto& row : rows) silences.push_back({row.id, row.match, row.from, row.until(), row.by, row.comment});
  return silences;
}

}  // namespace tapewatch
