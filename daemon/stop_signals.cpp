#include "daemon/stop_signals.hpp"

#include <csignal>

namespace tapewatch {

void StopSignals::watch() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signals_.add(number);
  wait();
}

void StopSignals::wait() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number == SIGHUP) {
      handlers_.reload();
      wait();
      return;
    }
    handlers_.stop(number == SIGINT ? "SIGINT" : "SIGTERM");
  });
}

}  // namespace tapewatch
