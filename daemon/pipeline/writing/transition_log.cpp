#include "daemon/pipeline/writing/transition_log.hpp"

#include <string>

#include <fmt/format.h>

#include "daemon/observe/log_fields.hpp"

namespace tapewatch {
namespace {

std::string_view step_name(const alerts::Transition& transition) {
  if (transition.raised) return "raised";
  if (transition.type == "alert.updated") return "updated";
  return alerts::to_string(transition.state);
}

/// Why it is over: "resolved (calm)".
std::string why_over(const alerts::Transition& transition) {
  const bool is_over = transition.state == alerts::AlertState::resolved && !transition.reason.empty();
  return is_over ? fmt::format(" ({})", transition.reason) : "";
}

/// Why nobody is notified; "" where webhooks are.
std::string unsent(const alerts::Transition& transition) {
  if (transition.late) return "; late: recorded, not sent";
  if (!transition.kept_back_by.empty()) {
    return fmt::format("; kept back by the calendar {}: recorded, not sent", transition.kept_back_by);
  }
  if (transition.suppressed_by.empty()) return "";
  const bool is_over = transition.state == alerts::AlertState::resolved;
  return fmt::format("; suppressed by {}{}", transition.suppressed_by, is_over ? "" : ": recorded, not sent");
}

std::string turned(const AlertTurn& turn) {
  switch (turn.turn) {
    case alerts::Turn::suppressed:
      return "suppressed by " + turn.alert.suppressed_by;
    case alerts::Turn::released:
      return turn.is_sent ? "no longer suppressed, told now" : "no longer suppressed";
    case alerts::Turn::escalated:
      return "raised";
    case alerts::Turn::repeated:
      return fmt::format("told again ({})", turn.repeats);
    case alerts::Turn::none:
      break;
  }
  return "";
}

spdlog::level::level_enum log_level_of(const alerts::Transition& transition, bool is_sent) {
  if (transition.type.empty()) return spdlog::level::debug;
  const bool is_news = transition.type == "alert.firing" || transition.raised;
  return is_news && is_sent ? spdlog::level::warn : spdlog::level::info;
}

/// `step`: "firing", "raised", "told again".
LogFields transition_fields(const alerts::Transition& transition, std::string_view step) {
  LogFields fields = {{"event", fmt::format("alert.{}", step)},
                      {"alert", transition.alert_id},
                      {"rule", transition.rule},
                      {"severity", transition.severity},
                      {"state", std::string(alerts::to_string(transition.state))}};
  if (!transition.key.empty()) fields.emplace_back("key", alerts::key_json(transition.key));
  return fields;
}

void log_transition(spdlog::logger& log, const alerts::Transition& transition, std::string_view more) {
  const std::string note = unsent(transition);
  log_with(log, log_level_of(transition, note.empty()), transition_fields(transition, step_name(transition)),
           fmt::format("alert {} {}{}: {} (rule {}, {}){}{}", transition.alert_id, step_name(transition),
                       why_over(transition), transition.summary, transition.rule, transition.severity, note, more));
}

/// "alert.repeated": one word for the field `event`.
std::string_view turn_name(alerts::Turn turn) {
  switch (turn) {
    case alerts::Turn::suppressed:
      return "suppressed";
    case alerts::Turn::released:
      return "released";
    case alerts::Turn::escalated:
      return "raised";
    case alerts::Turn::repeated:
      return "repeated";
    case alerts::Turn::none:
      break;
  }
  return "unchanged";
}

}  // namespace

void log_transitions(spdlog::logger& log, std::span<const alerts::Transition> transitions) {
  for (const auto& transition : transitions) log_transition(log, transition, "");
}

void log_transitions(spdlog::logger& log, std::span<const alerts::Transition> transitions, LineBudget& budget,
                     LineBudget::TimePoint now) {
  for (const auto& transition : transitions) {
    if (transition.type.empty()) {
      log_transition(log, transition, "");
      continue;
    }
    const auto left_out = budget.allow(fmt::format("{} of {}", step_name(transition), transition.rule), now);
    if (left_out) log_transition(log, transition, LineBudget::words(*left_out));
  }
}

void log_upkeep(spdlog::logger& log, const UpkeepResult& result) {
  for (const auto& turn : result.turns) {
    const bool is_news = turn.turn == alerts::Turn::escalated || turn.is_sent;
    log_with(log, is_news ? spdlog::level::warn : spdlog::level::info,
             transition_fields(turn.alert, turn_name(turn.turn)),
             fmt::format("alert {} {}: {} (rule {}, {})", turn.alert.alert_id, turned(turn), turn.alert.summary,
                         turn.alert.rule, turn.alert.severity));
  }
  for (const auto& digest : result.digests) {
    log_with(log, spdlog::level::info,
             {{"event", "alert.digest"}, {"rule", digest.rule}, {"alerts", static_cast<std::int64_t>(digest.alerts)}},
             fmt::format("rule {}: {} alerts beyond its max_alerts are told in a digest", digest.rule, digest.alerts));
  }
}

}  // namespace tapewatch
