// Tested by tests/model/reference_test.cpp
#include "model/package/aligned_buffer.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace tapewatch::model {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = 2U << 20;

}  // namespace

void FreeAligned::operator()(void* memory) const { std::free(memory); }

void* allocate_aligned(std::size_t bytes) {
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kCacheLine;
  const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, whole);
  if (!memory) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  // Streaming 42 MB of weights through 4 KiB pages misses the TLB at every second panel; a refusal costs only speed.
  if (alignment == kHugePage) madvise(memory, whole, MADV_HUGEPAGE);
#endif
  return memory;
}

}  // namespace tapewatch::model
