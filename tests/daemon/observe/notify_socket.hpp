#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "tests/storage/storage_support.hpp"

namespace tapewatch::tests {

/// systemd's end of $NOTIFY_SOCKET.
class NotifySocket {
 public:
  explicit NotifySocket(const char* watchdog_us = nullptr) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    const std::string path = folder_.file() + ".notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("path too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("bind failed");
    }
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    if (watchdog_us) ::setenv("WATCHDOG_USEC", watchdog_us, 1);
  }
  ~NotifySocket() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::close(socket_);
  }

  /// The next datagram; "" when none is there.
  std::string heard() {
    char bytes[2048];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
    return got < 0 ? "" : std::string(bytes, static_cast<std::size_t>(got));
  }
  /// Waits for one.
  std::string next() {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, 10'000) != 1) throw std::runtime_error("nothing was told within 10 s");
    return heard();
  }

 private:
  storage_test::TempFolder folder_;
  int socket_;
};

}  // namespace tapewatch::tests
