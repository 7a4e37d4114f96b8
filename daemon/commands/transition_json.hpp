#pragma once

#include <string>

#include "alerts/alert.hpp"

namespace tapewatch {

/// A transition as printed by `replay` and the demo's log: one line of JSON, event times only, so that a run can be
/// compared with another byte by byte.
std::string transition_json(const alerts::Transition& transition);

}  // namespace tapewatch
