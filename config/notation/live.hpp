#pragma once

#include <utility>

#include "config/notation/mutex.hpp"

namespace tapewatch::notation {

/// A value that is replaced while it is in use: readers copy it as it is now, and go on with what they have copied. Any
/// thread. Of what is large, T is a pointer to it.
template <class T>
class Live {
 public:
  explicit Live(T first) : present_(std::move(first)) {}

  T get() const {
    const MutexLock lock(mutex_);
    return present_;
  }
  void set(T next) {
    const MutexLock lock(mutex_);
    present_ = std::move(next);
  }

 private:
  mutable Mutex mutex_;
  T present_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch::notation
