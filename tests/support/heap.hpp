#pragma once

#include <cstddef>

namespace tapewatch::tests {

/// Blocks that this thread has got by `new` so far, in this test binary, and the sum of their sizes.
std::size_t blocks_allocated();
std::size_t bytes_allocated();

/// While it lives, `new` throws std::bad_alloc on every thread but this one.
class NoMemoryElsewhere {
 public:
  NoMemoryElsewhere();
  ~NoMemoryElsewhere();
  NoMemoryElsewhere(const NoMemoryElsewhere&) = delete;
  NoMemoryElsewhere& operator=(const NoMemoryElsewhere&) = delete;
};

}  // namespace tapewatch::tests
