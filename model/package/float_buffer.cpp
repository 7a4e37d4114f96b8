// Tested by tests/model/reference_test.cpp
#include "model/package/float_buffer.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace tapewatch::model {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kHugePage = 2U << 20;

}  // namespace

void FloatBuffer::Free::operator()(float* values) const { std::free(values); }

void FloatBuffer::reserve(std::size_t count) {
  if (count <= size_) return;
  const std::size_t alignment = count * sizeof(float) >= kHugePage ? kHugePage : kCacheLine;
  const std::size_t bytes = (count * sizeof(float) + alignment - 1) / alignment * alignment;
  values_.reset();
  size_ = 0;
  auto* memory = static_cast<float*>(std::aligned_alloc(alignment, bytes));
  if (!memory) throw std::bad_alloc();
  values_.reset(memory);
  size_ = count;
#ifdef MADV_HUGEPAGE
  // Streaming 42 MB of weights through 4 KiB pages misses the TLB at every second panel; a refusal costs only speed.
  if (alignment == kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
}

}  // namespace tapewatch::model
