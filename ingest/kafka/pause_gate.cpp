#include "ingest/kafka/pause_gate.hpp"

namespace tapewatch::ingest {

PauseGate::Action PauseGate::on_full(TimePoint now) {
  if (paused_) return Action::none;
  if (!full_since_) full_since_ = now;
  if (now - *full_since_ < patience_) return Action::none;
  paused_ = true;
  return Action::pause;
}

PauseGate::Action PauseGate::on_progress(std::size_t depth, std::size_t capacity) {
  full_since_.reset();
  if (!paused_ || depth * 2 > capacity) return Action::none;
  paused_ = false;
  return Action::resume;
}

}  // namespace tapewatch::ingest
