#include "daemon/pipeline/writing/transition_log.hpp"

#include <string>

#include <fmt/format.h>

namespace tapewatch {
namespace {

std::string_view step_name(const alerts::Transition& transition) {
  if (transition.raised) return "raised";
  if (transition.type == "alert.updated") return "updated";
  return alerts::to_string(transition.state);
}

/// Why nobody is notified; "" where webhooks are.
std::string unsent(const alerts::Transition& transition) {
  if (transition.late) return "; late: recorded, not sent";
  if (!transition.kept_back_by.empty()) {
    return fmt::format("; kept back by the calendar {}: recorded, not sent", transition.kept_back_by);
  }
  return "";
}

spdlog::level::level_enum log_level_of(const alerts::Transition& transition, bool is_sent) {
  if (transition.type.empty()) return spdlog::level::debug;
  const bool is_news = transition.type == "alert.firing" || transition.raised;
  return is_news && is_sent ? spdlog::level::warn : spdlog::level::info;
}

}  // namespace

void log_transitions(spdlog::logger& log, std::span<const alerts::Transition> transitions) {
  for (const auto& transition : transitions) {
    const std::string note = unsent(transition);
    log.log(log_level_of(transition, note.empty()), "alert {} {}: {} (rule {}, {}){}", transition.alert_id,
            step_name(transition), transition.summary, transition.rule, transition.severity, note);
  }
}

}  // namespace tapewatch
