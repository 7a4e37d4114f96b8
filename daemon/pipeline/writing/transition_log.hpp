#pragma once

#include <spdlog/logger.h>

#include <span>

#include "alerts/alert.hpp"

namespace tapewatch {

/// One line of the log for each transition, so that an operator reads there what fired, what was raised, what ended and
/// what is recorded without being sent. Warnings: what fires or is raised, unless nobody is notified. Steps of a series
/// that is only suspected (pending) are for debugging.
void log_transitions(spdlog::logger& log, std::span<const alerts::Transition> transitions);

}  // namespace tapewatch
