#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// What systemd is told of this process (sd_notify(3)); without one ($NOTIFY_SOCKET) nothing is told. Any thread. A
/// message that cannot be sent is left out: the next one follows.
class ServiceManager {
 public:
  /// Reads $WATCHDOG_USEC and $WATCHDOG_PID: whether the unit has a WatchdogSec.
  ServiceManager();

  /// While the start goes on; `doing` is what `systemctl status` shows.
  void starting(std::string_view doing);
  /// The start has ended: units that wait for this one go on.
  void ready();
  void stopping();
  /// Shows `status`, where it is another one than last; answers the watchdog if `alive`. A process that is not alive
  /// lets the watchdog run out, and is started anew.
  void report(bool alive, std::string_view status);

  /// How often report() is to be called: half the watchdog's patience; absent without a watchdog.
  std::optional<std::chrono::milliseconds> report_every() const { return report_every_; }

 private:
  void add_status(std::string_view status, std::string& message) REQUIRES(mutex_);

  std::optional<std::chrono::milliseconds> report_every_;
  Mutex mutex_;
  std::string shown_ GUARDED_BY(mutex_);  // the status that was told last
};

}  // namespace tapewatch
