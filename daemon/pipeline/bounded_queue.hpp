#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// A bounded queue between threads. Any thread may call anything.
///
/// `push` blocks while the queue is full, `pop_batch` while it is empty; `close` wakes both sides. After `close` every
/// push is refused; `pop_batch` drains the rest, then reports the end. Nothing is dropped silently: a refused item
/// stays with its caller.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}

  /// Blocks until there is room. False when the queue is closed; `item` is then left with the caller.
  bool push(T&& item) {
    MutexLock lock(mutex_);
    room_.wait(lock, [&]() REQUIRES(mutex_) { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  /// Like `push`, for at most `patience`. False when closed or still full.
  template <class Rep, class Period>
  bool push_for(T& item, std::chrono::duration<Rep, Period> patience) {
    MutexLock lock(mutex_);
    if (!room_.wait_for(lock, patience, [&]() REQUIRES(mutex_) { return closed_ || items_.size() < capacity_; }) ||
        closed_)
      return false;
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  /// Never blocks. False when closed or full; `item` is then untouched.
  bool try_push(T& item) {
    {
      const MutexLock lock(mutex_);
      if (closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    filled_.notify_one();
    return true;
  }

  /// All of them or none, never blocks. More items than the whole capacity are never accepted.
  bool try_push_all(std::vector<T>& items) {
    {
      const MutexLock lock(mutex_);
      if (closed_ || items_.size() + items.size() > capacity_) return false;
      for (auto& item : items) items_.push_back(std::move(item));
    }
    filled_.notify_all();
    return true;
  }

  /// Blocks for the first item, then waits up to `linger` for a fuller batch of at most `most`. Empty once the queue
  /// is closed and drained.
  std::vector<T> pop_batch(std::size_t most, std::chrono::milliseconds linger) {
    return pop_batch(most, linger, [](const T&) { return true; });
  }

  /// Of these only as many as `fits`, asked once for each in their order, lets in, but at least one.
  template <class Fits>
  std::vector<T> pop_batch(std::size_t most, std::chrono::milliseconds linger, Fits fits) {
    MutexLock lock(mutex_);
    do {  // again where another thread has taken all meanwhile
      filled_.wait(lock, [&]() REQUIRES(mutex_) { return closed_ || !items_.empty(); });
      if (linger.count() > 0 && !closed_ && items_.size() < most) {
        filled_.wait_for(lock, linger, [&]() REQUIRES(mutex_) { return closed_ || items_.size() >= most; });
      }
    } while (items_.empty() && !closed_);
    std::vector<T> batch;
    batch.reserve(std::min(most, items_.size()));
    while (!items_.empty() && batch.size() < most) {
      if (!fits(items_.front()) && !batch.empty()) break;
      batch.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    lock.unlock();
    room_.notify_all();
    return batch;
  }

  /// Ends the queue: both sides wake. Idempotent.
  void close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
    room_.notify_all();
  }

  /// Discards the queued items (at stop: sources send them again) and returns their number.
  std::size_t discard() {
    std::deque<T> gone;
    {
      const MutexLock lock(mutex_);
      gone.swap(items_);
    }
    room_.notify_all();
    return gone.size();
  }

  std::size_t size() const {
    const MutexLock lock(mutex_);
    return items_.size();
  }
  bool closed() const {
    const MutexLock lock(mutex_);
    return closed_;
  }
  std::size_t capacity() const { return capacity_; }

 private:
  const std::size_t capacity_;
  mutable Mutex mutex_;
  Condition filled_;
  Condition room_;
  std::deque<T> items_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace tapewatch
