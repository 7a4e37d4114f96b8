#include "daemon/pipeline/writing/alert_teller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "daemon/pipeline/writing/applier.hpp"
#include "storage/alert/silences.hpp"

namespace tapewatch {

struct AlertTeller::Moment {
  TimePoint now;  // of the trusted clock
  std::vector<alerts::Silence> silences;
};

namespace {

std::string occasion_of(alerts::Turn turn, unsigned repeats) {
  switch (turn) {
    case alerts::Turn::repeated:
      return fmt::format("repeat {}", repeats);
    case alerts::Turn::escalated:
      return "escalated";
    case alerts::Turn::released:
      return "released";
    case alerts::Turn::none:
    case alerts::Turn::suppressed:
      break;
  }
  return "";
}

/// Wholes before their parts, which they may keep from being told.
template <class Items, class KeyOf>
std::vector<std::size_t> wholes_first(const Items& items, KeyOf key_of) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key_of(items[a]).size() < key_of(items[b]).size(); });
  return order;
}

}  // namespace

AlertTeller::AlertTeller(storage::Connection& connection, const ApplierOptions& options)
    : connection_(connection),
      options_(options),
      alerts_(connection, options.storage),
      notices_(connection),
      outbox_(connection) {}

void AlertTeller::reload() {
  open_.clear();
  for (const auto& row : notices_.open()) open_.put(to_notice(row));
  digests_ = notices_.digests();
}

AlertTeller::Moment AlertTeller::moment(TimePoint now) const {
  const TimePoint trusted = options_.clock ? options_.clock->now() : now;
  return {trusted, to_silences(storage::Silences(connection_).active(trusted))};
}

alerts::Scene AlertTeller::scene(const Moment& moment, TimePoint event_time) const {
  alerts::Scene scene;
  scene.now = moment.now;
  scene.event_time = event_time;
  scene.rules = options_.rules;
  scene.webhooks = options_.webhooks;
  scene.silences = moment.silences;
  scene.open = &open_;
  scene.history = options_.history;
  scene.announced = [this](const std::string& rule, TimePoint after, TimePoint until) {
    return notices_.announced(rule, after, until);
  };
  return scene;
}

alerts::MessageContext AlertTeller::context() const {
  alerts::MessageContext context;
  context.external_url = options_.external_url;
  context.config_version = options_.config_version;
  context.links = options_.links;
  return context;
}

void AlertTeller::record(std::vector<alerts::Transition>& steps, TimePoint now) {
  if (steps.empty()) return;
  const Moment at = moment(now);
  std::vector<alerts::NoticeDecision> decisions(steps.size());
  for (const std::size_t i : wholes_first(
           steps, [](const auto& step) -> const auto& { return step.key; })) {
    decisions[i] = decide(steps[i], at);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i] = decisions[i].alert;
    const auto messages = messages_of(decisions[i], "", now);
    alerts_.record(to_alert_row(steps[i], options_.config_version), messages, now);
    if (steps[i].state != alerts::AlertState::resolved || messages.empty()) continue;
    outbox_.drop_repeats(steps[i].alert_id);
    supersede_missed(steps[i], now);
  }
}

alerts::NoticeDecision AlertTeller::decide(const alerts::Transition& step, const Moment& moment) {
  alerts::Notice notice;
  notice.alert_id = step.alert_id;
  notice.rule = step.rule;
  notice.key = step.key;
  const auto known = open_.find(step.alert_id);
  if (known != open_.end() && known->second.key != step.key) {  // else it would be suppressed by what it was
    alerts::Notice moved = known->second;
    moved.key = step.key;
    open_.put(moved);
  }
  if (known != open_.end() && step.type != "alert.firing") notice = known->second;
  alerts::NoticeDecision decision = alerts::decide_step(notice, step, scene(moment, step.updated_at));
  if (step.state == alerts::AlertState::resolved) {
    if (known != open_.end()) keep(notice, false, step.updated_at);
  } else if (alerts::is_for_people(step)) {
    keep(notice, true, step.updated_at);
  }
  return decision;
}

void AlertTeller::keep(const alerts::Notice& notice, bool open, TimePoint event_time) {
  std::optional<std::int64_t> digest;
  const auto known = open_.find(notice.alert_id);
  const bool was_beyond = known != open_.end() && known->second.suppressed_by == alerts::kBeyondLimit;
  if (notice.suppressed_by == alerts::kBeyondLimit && !was_beyond) {
    const alerts::RuleOptions* rule = scene({}, event_time).rule(notice.rule);
    const auto per = rule && rule->max_alerts ? rule->max_alerts->per : std::chrono::milliseconds(0);
    digest = notices_.digest_of(notice.rule, event_time, event_time + per);
    digests_ = notices_.digests();
  }
  notices_.save(to_notice_row(notice, open, digest));
  if (open) {
    open_.put(notice);
  } else {
    open_.erase(notice.alert_id);
  }
}

std::vector<storage::OutboxMessage> AlertTeller::messages_of(const alerts::NoticeDecision& decision,
                                                             std::string_view occasion, TimePoint now) const {
  std::vector<storage::OutboxMessage> messages;
  for (const alerts::Telling& telling : decision.messages) {
    for (auto& message : to_outbox_messages(telling, occasion, context(), now)) {
      // A receiver that is away would find as many of them as there were intervals.
      if (telling.repeat > 0 && outbox_.is_waiting(message.alert_id, message.webhook)) continue;
      messages.push_back(std::move(message));
    }
  }
  return messages;
}

void AlertTeller::supersede_missed(const alerts::Transition& resolved, TimePoint now) {
  constexpr std::size_t kMost = 1000;
  alerts::MessageContext missed = context();
  missed.missed = true;
  for (const auto& one : outbox_.missed("", kMost, resolved.alert_id)) {
    outbox_.supersede(one.resolved_number, alerts::webhook_body(resolved, missed, now), now);
  }
}

UpkeepResult AlertTeller::upkeep(const alerts::TrendDetector& detector, TimePoint now) {
  UpkeepResult result;
  if (!has_open()) return result;
  const Moment at = moment(now);
  const TimePoint event_time = detector.event_time();
  const std::set<std::string> ids = due(at, event_time);
  if (!ids.empty()) {
    const auto present = detector.open_alerts(&ids);
    for (const std::size_t i : wholes_first(
             present, [](const auto& alert) -> const auto& { return alert.key; })) {
      AlertTurn turned = turn(open_.at(present[i].alert_id), present[i], at, now);
      if (turned.turn != alerts::Turn::none) result.turns.push_back(std::move(turned));
    }
  }
  result.digests = send_digests(event_time, now);
  return result;
}

/// The alerts of which something would be told or stored by now, as far as is known without their evidence.
std::set<std::string> AlertTeller::due(const Moment& moment, TimePoint event_time) const {
  std::set<std::string> ids;
  const alerts::Scene around = scene(moment, event_time);
  for (const auto& [id, notice] : open_) {
    if (!alerts::changes_meanwhile(notice, around, false)) continue;
    if (!notices_.is_acknowledged(id) || alerts::changes_meanwhile(notice, around, true)) ids.insert(id);
  }
  return ids;
}

AlertTurn AlertTeller::turn(alerts::Notice notice, const alerts::Transition& present, const Moment& moment,
                            TimePoint now) {
  const bool acknowledged = notices_.is_acknowledged(notice.alert_id);
  alerts::NoticeDecision decision =
      alerts::decide_meanwhile(notice, present, scene(moment, present.updated_at), acknowledged);
  if (!(notice == open_.at(notice.alert_id))) keep(notice, true, present.updated_at);
  if (decision.turn == alerts::Turn::none) return {};
  const auto messages = messages_of(decision, occasion_of(decision.turn, notice.repeats), now);
  for (const auto& message : messages) outbox_.enqueue(message, now);
  if (decision.turn == alerts::Turn::repeated && messages.empty()) return {};
  alerts::Transition shown = decision.alert;
  if (!messages.empty()) shown.type = messages.front().type;
  alerts_.record_turn(to_alert_row(shown, options_.config_version), now);
  return {decision.turn, std::move(decision.alert), notice.repeats, !messages.empty()};
}

std::vector<SentDigest> AlertTeller::send_digests(TimePoint event_time, TimePoint now) {
  std::vector<SentDigest> sent;
  for (const auto& digest : digests_) {
    // Event time that was put back leaves no digest waiting for a time that was wrong.
    if (digest.since <= event_time && event_time < digest.until) continue;
    const alerts::RuleOptions* rule = scene({}, event_time).rule(digest.rule);
    if (rule != nullptr && alerts::is_muted(rule->mute, rule->clock, event_time)) continue;
    const auto digested = notices_.digested(digest.number);
    for (const auto& message : to_digest_messages(digest, digested, options_.webhooks, context(), now)) {
      outbox_.enqueue(message, now);
    }
    notices_.digest_sent(digest.number, now);
    sent.push_back({digest.rule, digested.size()});
  }
  if (!sent.empty()) digests_ = notices_.digests();
  return sent;
}

}  // namespace tapewatch
