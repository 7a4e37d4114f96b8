#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace tapewatch::model {

/// Memory of at least `bytes` aligned to a cache line; large blocks on huge pages if the system grants them. Released
/// with std::free. Throws std::bad_alloc.
void* allocate_aligned(std::size_t bytes);
struct FreeAligned {
  void operator()(void* memory) const;
};

/// Uninitialised values aligned to a cache line. Grows, never shrinks: buffers are reused.
template <class T>
class AlignedBuffer {
  static_assert(std::is_trivial_v<T>);

 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t count) { reserve(count); }

  /// Room for `count` values; the content is lost if it has to grow.
  void reserve(std::size_t count) {
    if (count <= size_) return;
    values_.reset();
    size_ = 0;
    values_.reset(static_cast<T*>(allocate_aligned(count * sizeof(T))));
    size_ = count;
  }

  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {values_.get(), size_}; }
  std::span<const T> span() const { return {values_.get(), size_}; }

 private:
  std::unique_ptr<T[], FreeAligned> values_;
  std::size_t size_ = 0;
};

using FloatBuffer = AlignedBuffer<float>;

}  // namespace tapewatch::model
