#pragma once

#include <csignal>
#include <optional>

namespace tapewatch {

/// Holds SIGINT and SIGTERM back on this thread, so that what it has made is removed before they end the process: when
/// they are let through at the end. For a process of one thread.
class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&held_);
    sigaddset(&held_, SIGINT);
    sigaddset(&held_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  ~HeldSignals() { let_through(); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// Whether one has come.
  bool pending() const {
    sigset_t come;
    sigpending(&come);
    return sigismember(&come, SIGINT) == 1 || sigismember(&come, SIGTERM) == 1;
  }
  /// As before. A signal handler, or a child after fork(), may call it.
  void let_through() const { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t held_{}, before_{};
};

}  // namespace tapewatch
