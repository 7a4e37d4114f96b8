#include "alerts/notification/notice.hpp"

#include <algorithm>
#include <utility>

#include "alerts/formats/message_format.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "alerts/notification/open_notices.hpp"
#include "config/notation/duration.hpp"

namespace tapewatch::alerts {
namespace {

/// See suppressor(). `alert`: what silences are matched with; `may_begin`: it could be told for the first time.
template <class Alert>
std::string suppressor_of(const Notice& notice, const Alert& alert, bool may_begin, const Scene& scene) {
  if (notice.suppressed_by == kBeyondLimit) return notice.suppressed_by;
  for (const Silence& silence : scene.silences) {
    if (silence.in_force(scene.now) && matches(silence, alert)) return "silence:" + silence.id;
  }
  const RuleOptions* rule = scene.rule(alert.rule);
  if (rule == nullptr) return {};
  if (scene.open != nullptr) {
    if (const std::string whole = scene.open->whole_of(notice.key, *rule, scene.rules); !whole.empty()) {
      return "alert:" + whole;
    }
  }
  if (is_muted(rule->mute, rule->clock, scene.event_time)) return std::string(kMuted);
  if (!rule->max_alerts || notice.announced_at || !may_begin) return {};
  const auto& [count, per] = *rule->max_alerts;
  const bool is_full = scene.announced(rule->name, scene.event_time - per, scene.event_time) >= count;
  return is_full ? std::string(kBeyondLimit) : std::string();
}

bool is_escalation_due(const Notice& notice, std::string_view severity, const Scene& scene, const RuleOptions& rule) {
  return rule.escalate && notice.told_at && notice.raised_to.empty() &&
         scene.now - *notice.announced_at >= rule.escalate->after && is_graver(rule.escalate->severity, severity);
}

bool is_repeat_due(const Notice& notice, const Scene& scene, const RuleOptions& rule) {
  return rule.repeat && notice.told_at && scene.now - *notice.told_at >= *rule.repeat;
}

Telling telling(Transition alert, std::string type) {
  alert.type = std::move(type);
  return {std::move(alert), 0, {}};
}

void add(std::vector<Telling>& messages, Telling message) {
  if (!message.to.empty()) messages.push_back(std::move(message));
}

/// "alert.firing" for every webhook that wants it and was not told so far.
void announce(Notice& notice, const Transition& alert, const Scene& scene, std::vector<Telling>& messages) {
  Telling message = telling(alert, "alert.firing");
  for (const WebhookOptions& webhook : scene.webhooks) {
    if (notice.told.contains(webhook.name) || !wants(webhook, message.alert)) continue;
    message.to.push_back(webhook.name);
    notice.told.insert(webhook.name);
  }
  if (!notice.announced_time) {
    notice.announced_at = scene.now;
    notice.announced_time = scene.event_time;
  }
  notice.told_at = scene.now;
  add(messages, std::move(message));
}

/// How it goes on, for those who were told that it fires, and `others` too that want it.
void go_on(const Notice& notice, const Transition& alert, const Scene& scene, bool others,
           std::vector<Telling>& messages) {
  Telling message{alert, 0, {}};
  for (const WebhookOptions& webhook : scene.webhooks) {
    const bool told = notice.told.contains(webhook.name);
    if ((told || others) && wants(webhook, alert, told)) message.to.push_back(webhook.name);
  }
  add(messages, std::move(message));
}

void release(Notice& notice, const Transition& alert, const Scene& scene, std::vector<Telling>& messages) {
  if (!notice.announced_at || (!notice.told_at && notice.update_held)) {
    announce(notice, alert, scene, messages);
  } else if (notice.update_held) {
    go_on(notice, telling(alert, "alert.updated").alert, scene, true, messages);
  }
  notice.update_held = false;
}

bool is_over(const Transition& t) { return t.state == AlertState::resolved; }

/// Tells those who know of it that it is graver now, and those who ask for such alerts that it fires.
bool escalate(Notice& notice, NoticeDecision& decision, const Scene& scene, const RuleOptions& rule) {
  if (!is_escalation_due(notice, decision.alert.severity, scene, rule)) return false;
  const std::string& severity = rule.escalate->severity;
  notice.raised_to = severity;
  Transition& alert = decision.alert;
  raise(alert, notice);
  alert.raised = true;
  alert.reason = "nobody acknowledged it for " + notation::duration_in_words(rule.escalate->after);
  alert.summary += "; severity raised to " + severity + ": " + alert.reason;
  go_on(notice, telling(alert, "alert.updated").alert, scene, false, decision.messages);
  announce(notice, alert, scene, decision.messages);
  return true;
}

bool repeat(Notice& notice, NoticeDecision& decision, const Scene& scene, const RuleOptions& rule) {
  if (!is_repeat_due(notice, scene, rule)) return false;
  notice.told_at = scene.now;
  Telling message = telling(decision.alert, "alert.firing");
  message.repeat = ++notice.repeats;
  for (const WebhookOptions& webhook : scene.webhooks) {
    const bool repeats_itself = message_format(webhook.format).repeats();
    if (!repeats_itself && notice.told.contains(webhook.name) && wants(webhook, message.alert)) {
      message.to.push_back(webhook.name);
    }
  }
  add(decision.messages, std::move(message));
  return !decision.messages.empty();
}

}  // namespace

const RuleOptions* Scene::rule(std::string_view name) const {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const RuleOptions& r) { return r.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

std::string suppressor(const Notice& notice, const Transition& alert, const Scene& scene) {
  return suppressor_of(notice, alert, !is_over(alert), scene);
}

bool is_for_people(const Transition& t) { return !t.type.empty() && !t.late && t.kept_back_by.empty(); }

void raise(Transition& alert, const Notice& notice) {
  if (notice.raised_to.empty() || !is_graver(notice.raised_to, alert.severity)) return;
  if (alert.raised_from.empty()) alert.raised_from = alert.severity;
  alert.severity = notice.raised_to;
}

NoticeDecision decide_step(Notice& notice, Transition step, const Scene& scene) {
  raise(step, notice);
  NoticeDecision decision{Turn::none, std::move(step), {}};
  Transition& alert = decision.alert;
  alert.suppressed_by = notice.suppressed_by;
  const bool unknown = notice.severity.empty();
  if (!is_for_people(alert) || (is_over(alert) && !notice.announced_at)) return decision;
  notice.severity = alert.severity;
  notice.labels = alert.labels;
  if (scene.history && !is_over(alert)) {
    if (unknown) notice.announced_at = scene.now;
    return decision;
  }
  alert.suppressed_by = notice.suppressed_by = suppressor(notice, alert, scene);
  if (is_over(alert)) {
    if (notice.told_at) go_on(notice, alert, scene, true, decision.messages);
  } else if (!alert.suppressed_by.empty()) {
    notice.update_held = true;
  } else if (!notice.told_at) {
    announce(notice, alert, scene, decision.messages);
    notice.update_held = false;
  } else {
    go_on(notice, alert, scene, true, decision.messages);
    for (const Telling& message : decision.messages) notice.told.insert(message.to.begin(), message.to.end());
    notice.update_held = false;
  }
  return decision;
}

NoticeDecision decide_meanwhile(Notice& notice, Transition present, const Scene& scene, bool acknowledged) {
  raise(present, notice);
  NoticeDecision decision{Turn::none, std::move(present), {}};
  Transition& alert = decision.alert;
  if (alert.state != AlertState::firing || !alert.kept_back_by.empty()) return decision;
  const std::string before = std::exchange(notice.suppressed_by, suppressor(notice, alert, scene));
  alert.suppressed_by = notice.suppressed_by;
  if (!notice.suppressed_by.empty()) {
    if (notice.suppressed_by != before) decision.turn = Turn::suppressed;
    return decision;
  }
  if (!before.empty() || !notice.announced_at) {
    decision.turn = Turn::released;
    release(notice, alert, scene, decision.messages);
    return decision;
  }
  const RuleOptions* rule = scene.rule(alert.rule);
  if (rule == nullptr || acknowledged) return decision;
  if (escalate(notice, decision, scene, *rule)) {
    decision.turn = Turn::escalated;
  } else if (repeat(notice, decision, scene, *rule)) {
    decision.turn = Turn::repeated;
  }
  return decision;
}

bool changes_meanwhile(const Notice& notice, const Scene& scene, bool acknowledged) {
  const std::string by = suppressor_of(notice, notice, true, scene);
  if (by != notice.suppressed_by) return true;
  if (!by.empty()) return false;
  if (!notice.announced_at) return true;
  const RuleOptions* rule = scene.rule(notice.rule);
  if (rule == nullptr || acknowledged) return false;
  return is_escalation_due(notice, notice.severity, scene, *rule) || is_repeat_due(notice, scene, *rule);
}

}  // namespace tapewatch::alerts
