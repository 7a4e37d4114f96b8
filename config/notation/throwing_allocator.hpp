#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace tapewatch::notation {

/// RapidJSON's allocator with memory that is there: its own returns null where there is none, and its writers write
/// through that. Throws std::bad_alloc.
class ThrowingAllocator {
 public:
  static constexpr bool kNeedFree = true;

  void* Malloc(std::size_t size) { return size == 0 ? nullptr : checked(std::malloc(size)); }
  void* Realloc(void* old, std::size_t /*old_size*/, std::size_t size) {
    if (size > 0) return checked(std::realloc(old, size));
    std::free(old);
    return nullptr;
  }
  static void Free(void* memory) noexcept { std::free(memory); }
  bool operator==(const ThrowingAllocator&) const noexcept { return true; }

 private:
  static void* checked(void* memory) { return memory != nullptr ? memory : throw std::bad_alloc(); }
};

}  // namespace tapewatch::notation
