#pragma once

#include <optional>
#include <vector>

#include "daemon/pipeline/writing/writer_loop.hpp"

namespace tapewatch {

/// The contents of one transaction of WriterLoop; private to it.
struct WriterLoop::Unit {
  std::vector<Scored> records;
  std::vector<Command> commands;
  std::optional<TimePoint> tick;
  std::optional<TimePoint> anchor;          // event time is this from here on
  std::vector<Applied> applied;             // of the last attempt, one per record
  std::vector<alerts::Transition> by_time;  // of the last attempt, from the tick or the anchor
  bool upkeep = false;
  bool run = false;      // only what is kept of the run
  UpkeepResult kept_up;  // of the last attempt

  bool empty() const { return records.empty() && commands.empty() && !tick; }
  std::size_t parts() const { return records.size() + commands.size() + (tick ? 1 : 0); }
};

}  // namespace tapewatch
