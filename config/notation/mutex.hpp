#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

// Annotations that clang's -Wthread-safety checks (tests/lint/thread_safety.sh); other compilers ignore them. A member
// names the mutex it is GUARDED_BY, a function or lambda the one its caller REQUIRES.
#ifdef __clang__
#define TAPEWATCH_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define TAPEWATCH_THREAD_SAFETY(attribute)
#endif
#define CAPABILITY(name) TAPEWATCH_THREAD_SAFETY(capability(name))
#define SCOPED_CAPABILITY TAPEWATCH_THREAD_SAFETY(scoped_lockable)
#define GUARDED_BY(mutex) TAPEWATCH_THREAD_SAFETY(guarded_by(mutex))
#define REQUIRES(...) TAPEWATCH_THREAD_SAFETY(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) TAPEWATCH_THREAD_SAFETY(acquire_capability(__VA_ARGS__))
#define RELEASE(...) TAPEWATCH_THREAD_SAFETY(release_capability(__VA_ARGS__))

namespace tapewatch {

/// std::mutex, which libstdc++ does not annotate. Only a MutexLock locks it.
class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

/// Holds a mutex for its lifetime, except between unlock() and lock().
class [[nodiscard]] SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() RELEASE() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void unlock() RELEASE() { lock_.unlock(); }
  void lock() ACQUIRE() { lock_.lock(); }

 private:
  friend class Condition;
  std::unique_lock<std::mutex> lock_;
};

/// std::condition_variable over a MutexLock. `holds` is called with the mutex held and says what it REQUIRES.
class Condition {
 public:
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

  template <class Predicate>
  void wait(MutexLock& lock, Predicate holds) {
    condition_.wait(lock.lock_, std::move(holds));
  }
  /// Waits for at most `patience`; returns the last result of `holds`.
  template <class Rep, class Period, class Predicate>
  bool wait_for(MutexLock& lock, std::chrono::duration<Rep, Period> patience, Predicate holds) {
    return condition_.wait_for(lock.lock_, patience, std::move(holds));
  }
  template <class Rep, class Period>
  void wait_for(MutexLock& lock, std::chrono::duration<Rep, Period> patience) {
    condition_.wait_for(lock.lock_, patience);
  }

 private:
  std::condition_variable condition_;
};

}  // namespace tapewatch
