#include "daemon/pipeline/writing/weekly_account.hpp"

#include <algorithm>

#include "alerts/delivery/webhook_audience.hpp"
#include "alerts/formats/account_message.hpp"
#include "alerts/formats/message_format.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/alert/verdicts.hpp"
#include "storage/mark.hpp"

namespace tapewatch {
namespace {

constexpr std::chrono::weeks kAccountPeriod{1};

bool wants_account(const alerts::WebhookOptions& webhook) {
  return std::find(webhook.events.begin(), webhook.events.end(), "account") != webhook.events.end() &&
         alerts::message_format(webhook.format).takes("account");
}

std::vector<alerts::RuleAccount> accounts_of(storage::Connection& connection,
                                             const std::vector<alerts::RuleOptions>& rules, TimePoint from,
                                             TimePoint to) {
  const storage::Verdicts verdicts(connection);
  std::vector<alerts::RuleAccount> accounts;
  accounts.reserve(rules.size());
  for (const alerts::RuleOptions& rule : rules) {
    const auto counts = verdicts.of_alerts_stored(rule.name, from, to);
    alerts::RuleAccount account{rule.name,    std::nullopt,     counts.fired,     counts.useful,
                                counts.noise, counts.duplicate, counts.unjudged()};
    if (rule.measure != alerts::Measure::story) account.promised = rule.false_alarms.a_week() * kAccountPeriod.count();
    accounts.push_back(std::move(account));
  }
  return accounts;
}

}  // namespace

TimePoint account_due(TimePoint now) {
  using std::chrono::days;
  constexpr std::chrono::hours kAt{8};
  const auto day = std::chrono::floor<days>(now - kAt);
  return day - (std::chrono::weekday{day} - std::chrono::Monday) + kAt;
}

std::optional<std::size_t> write_account(storage::Connection& connection, const AccountOptions& options,
                                         TimePoint now) {
  const TimePoint due = account_due(now);
  const auto told = storage::read_mark(connection, storage::kAccountedTo);
  const std::int64_t mark = due.time_since_epoch().count();
  if (told && *told >= mark) return std::nullopt;
  storage::raise_mark(connection, storage::kAccountedTo, mark);
  if (!told || options.rules.empty()) return std::nullopt;
  const auto accounts = accounts_of(connection, options.rules, due - kAccountPeriod, due);
  alerts::MessageContext context;
  context.config_version = options.config_version;
  storage::Outbox outbox(connection);
  std::size_t written = 0;
  for (const alerts::WebhookOptions& webhook : options.webhooks) {
    if (!wants_account(webhook)) continue;
    std::vector<alerts::RuleAccount> heard;  // accounts run parallel to the rules
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      if (alerts::matches_rule(webhook, options.rules[i])) heard.push_back(accounts[i]);
    }
    if (heard.empty()) continue;
    const std::string body = alerts::account_body(heard, due - kAccountPeriod, due, context, now);
    outbox.enqueue(to_account_message(webhook.name, body, due, now), now);
    ++written;
  }
  return written;
}

}  // namespace tapewatch
