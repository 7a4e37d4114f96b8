#pragma once

#include <optional>

#include "daemon/pipeline/bounded_queue.hpp"

namespace tapewatch::tests {

/// Waits for one item; nullopt once the queue is closed and drained.
template <class T>
std::optional<T> take_one(BoundedQueue<T>& queue) {
  auto batch = queue.pop_batch(1, std::chrono::milliseconds(0));
  if (batch.empty()) return std::nullopt;
  return std::optional<T>(std::move(batch.front()));
}

}  // namespace tapewatch::tests
