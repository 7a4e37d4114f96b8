// Tested by tests/e2e/daemon/limits_test.py
#include "daemon/observe/spare_memory.hpp"

#include <memory>

namespace tapewatch {

void require_memory(std::size_t bytes) {
  const auto probe = std::make_unique_for_overwrite<char[]>(bytes);
  asm volatile("" : : "r"(probe.get()));  // or the compiler leaves it out
}

}  // namespace tapewatch
