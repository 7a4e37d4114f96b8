#pragma once
#include <cstddef>

namespace tapewatch {

/// Free at the end of a start: with less, a daemon could live on without accepting a single connection.
constexpr std::size_t kSpareToServe = std::size_t{32} << 20;

/// Throws std::bad_alloc unless `bytes` could be allocated now, in one piece. Nothing stays allocated. Thread-safe.
void require_memory(std::size_t bytes);

}  // namespace tapewatch
