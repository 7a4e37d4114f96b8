#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// Messages to systemd about this process (sd_notify(3)); without $NOTIFY_SOCKET none are sent. Any thread. A message
/// that cannot be sent is dropped: the next one follows.
class ServiceManager {
 public:
  /// Reads $WATCHDOG_USEC and $WATCHDOG_PID: whether the unit has a WatchdogSec.
  ServiceManager();

  /// During the start; `doing` is what `systemctl status` shows.
  void starting(std::string_view doing);
  /// The start, or a reload, has finished: units that wait for it continue.
  void ready();
  void stopping();
  /// A reload begins; ready() ends it.
  void reloading();
  /// Shows `status` if it has changed; answers the watchdog if `alive`. Otherwise the watchdog expires and systemd
  /// restarts the process.
  void report(bool alive, std::string_view status);

  /// How often to call report(): half the watchdog's interval; absent without a watchdog.
  std::optional<std::chrono::milliseconds> report_every() const { return report_every_; }

 private:
  void add_status(std::string_view status, std::string& message) REQUIRES(mutex_);

  std::optional<std::chrono::milliseconds> report_every_;
  Mutex mutex_;
  std::string shown_ GUARDED_BY(mutex_);  // the last status sent
};

}  // namespace tapewatch
