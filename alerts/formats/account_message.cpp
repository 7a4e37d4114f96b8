#include "alerts/formats/account_message.hpp"

#include <fmt/format.h>

#include "alerts/detector/recent_stories.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/rfc3339.hpp"

namespace tapewatch::alerts {
namespace {

std::string counted_alerts(std::int64_t n) { return fmt::format("{} {}", n, n == 1 ? "alert" : "alerts"); }

/// "; 2 useful, 1 noise"; "" for none.
std::string verdicts(const RuleAccount& account) {
  std::string text;
  const auto add = [&](std::int64_t n, std::string_view what) {
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "; " : ", ", n, what);
  };
  add(account.useful, "useful");
  add(account.noise, "noise");
  add(account.duplicate, account.duplicate == 1 ? "duplicate" : "duplicates");
  add(account.unjudged, "without a verdict");
  return text;
}

std::string account_text(const RuleAccount& account) {
  const std::string promised = account.promised ? fmt::format(", {:.3g} promised", *account.promised) : "";
  return counted_alerts(account.spent) + promised + verdicts(account);
}

RuleAccount sum_of(std::span<const RuleAccount> rules) {
  RuleAccount sum;
  for (const RuleAccount& rule : rules) {
    if (rule.promised) sum.promised = sum.promised.value_or(0.0) + *rule.promised;
    sum.spent += rule.spent;
    sum.useful += rule.useful;
    sum.noise += rule.noise;
    sum.duplicate += rule.duplicate;
    sum.unjudged += rule.unjudged;
  }
  return sum;
}

void append_account(notation::JsonWriter& json, RuleAccount account, std::size_t name_bytes) {
  account.rule = cut_text(account.rule, name_bytes);
  json.begin_object().field("rule", account.rule).field("summary", account_line(account)).key("promised");
  if (account.promised) {
    json.rounded(*account.promised, 4);
  } else {
    json.null();
  }
  json.field("spent", account.spent).field("useful", account.useful).field("noise", account.noise);
  json.field("duplicate", account.duplicate).field("unjudged", account.unjudged).end_object();
}

}  // namespace

std::string account_line(const RuleAccount& account) {
  return fmt::format("{}: {}", account.rule, account_text(account));
}

std::string account_body(std::span<const RuleAccount> rules, TimePoint from, TimePoint to,
                         const MessageContext& context, TimePoint timestamp) {
  const std::string day = notation::format_date(std::chrono::floor<std::chrono::days>(to));
  const std::string summary = fmt::format("Alerts of the week to {}: {}", day, account_text(sum_of(rules)));
  const auto body_of = [&](std::size_t shown, std::size_t name_bytes) {
    notation::JsonWriter json;
    json.begin_object().field("type", "account").field("timestamp", timestamp).key("data").begin_object();
    json.field("from", from).field("to", to).field("summary", summary);
    json.field("config_version", cut_text(context.config_version, 200)).key("rules").begin_array();
    for (const RuleAccount& rule : rules.first(shown)) append_account(json, rule, name_bytes);
    json.end_array().field("left_out", rules.size() - shown);
    return json.end_object().end_object().take();
  };
  std::string body = body_of(rules.size(), 200);
  std::size_t shown = rules.size();
  while (body.size() >= kMaxWebhookBytes) {
    body = body_of(shown, 60);
    shown = shown * 3 / 4;
  }
  return body;
}

}  // namespace tapewatch::alerts
