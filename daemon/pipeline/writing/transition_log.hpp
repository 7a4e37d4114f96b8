#pragma once

#include <spdlog/logger.h>

#include <span>

#include "alerts/alert.hpp"
#include "daemon/observe/line_budget.hpp"
#include "daemon/pipeline/writing/alert_teller.hpp"

namespace tapewatch {

/// One line of the log for each transition, so that an operator reads there what fired, what was raised, what ended and
/// what is recorded without being sent. Warnings: what fires or is raised, unless nobody is notified. Steps of a series
/// that is only suspected (pending) are for debugging. In format "json" with the fields event (alert.firing,
/// alert.raised, …), alert, rule, severity, state, and key where the series has one.
void log_transitions(spdlog::logger& log, std::span<const alerts::Transition> transitions);

/// The same with a budget for each rule's lines of each kind; `now` is wall time.
void log_transitions(spdlog::logger& log, std::span<const alerts::Transition> transitions, LineBudget& budget,
                     LineBudget::TimePoint now);

/// What changed between transitions: what is suppressed from now on or no longer, told again, raised, or in a digest.
void log_upkeep(spdlog::logger& log, const UpkeepResult& result);

}  // namespace tapewatch
