#pragma once

#include <cstddef>

namespace tapewatch::tests {

/// Blocks that this thread has got by `new` so far, in this test binary, and the sum of their sizes.
std::size_t blocks_allocated();
std::size_t bytes_allocated();

/// While it lives, `new` throws std::bad_alloc on every other thread and, after `blocks_here` blocks, on this one.
class NoMoreMemory {
 public:
  explicit NoMoreMemory(std::size_t blocks_here);
  ~NoMoreMemory();
  NoMoreMemory(const NoMoreMemory&) = delete;
  NoMoreMemory& operator=(const NoMoreMemory&) = delete;
};

}  // namespace tapewatch::tests
