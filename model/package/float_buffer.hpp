#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace tapewatch::model {

/// Uninitialised floats aligned to a cache line; large buffers on huge pages if the system grants them. Grows, never
/// shrinks: buffers are reused.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  explicit FloatBuffer(std::size_t count) { reserve(count); }

  /// Room for `count` floats; the content is lost if it has to grow.
  void reserve(std::size_t count);

  float* data() { return values_.get(); }
  const float* data() const { return values_.get(); }
  std::size_t size() const { return size_; }
  std::span<float> span() { return {values_.get(), size_}; }
  std::span<const float> span() const { return {values_.get(), size_}; }

 private:
  struct Free {
    void operator()(float* values) const;
  };
  std::unique_ptr<float[], Free> values_;
  std::size_t size_ = 0;
};

}  // namespace tapewatch::model
