#include "tests/support/heap.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t blocks = 0;
thread_local std::size_t bytes_of_blocks = 0;
thread_local std::size_t spared = 0;
std::atomic<bool> exhausted = false;

void* allocate(std::size_t bytes) {
  if (exhausted && spared == 0) throw std::bad_alloc();
  if (exhausted) --spared;
  ++blocks;
  bytes_of_blocks += bytes;
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
// AddressSanitizer's own do not call those above.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return allocate(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new[](std::size_t bytes, const std::nothrow_t& none) noexcept { return operator new(bytes, none); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace tapewatch::tests {

std::size_t blocks_allocated() { return blocks; }
std::size_t bytes_allocated() { return bytes_of_blocks; }

NoMoreMemory::NoMoreMemory(std::size_t blocks_here) {
  spared = blocks_here;
  exhausted = true;
}

NoMoreMemory::~NoMoreMemory() { exhausted = false; }

}  // namespace tapewatch::tests
