#pragma once
#include <chrono>
#include <cstddef>
#include <optional>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// When to pause a consumer whose queue is full. Pausing discards prefetched records, so first wait for a queue that is
/// briefly full; once it has been full for `patience`, pause once; keep polling; resume when the queue is down to half.
/// Pure: time and depth are arguments.
class PauseGate {
 public:
  enum class Action { none, pause, resume };

  explicit PauseGate(std::chrono::milliseconds patience) : patience_(patience) {}

  /// A push was refused because the queue is full.
  Action on_full(TimePoint now);
  /// The queue accepted the held record, or none is held: `depth` of `capacity` places are taken.
  Action on_progress(std::size_t depth, std::size_t capacity);
  bool paused() const { return paused_; }

 private:
  std::chrono::milliseconds patience_;
  std::optional<TimePoint> full_since_;
  bool paused_ = false;
};

}  // namespace tapewatch::ingest
