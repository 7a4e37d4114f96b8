#pragma once
// Internal to daemon/server.
#include <poll.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <utility>

namespace tapewatch {

/// Whether the other side of a connection has closed it, or the half that it sends on. What it has sent before may
/// still be unread.
inline bool has_left(int descriptor) {
  pollfd state{descriptor, POLLRDHUP, 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/// Notices that a client leaves while its request is answered. It looks from time to time: bytes that nobody reads yet
/// (a pipelined request, the end of a TLS session) hide the end of the stream from a wait for bytes.
class Departure {
 public:
  static constexpr std::chrono::milliseconds kLookEvery{250};

  /// On the strand of `socket`, as all that follows. `owner` keeps the socket; `left` becomes true.
  Departure(boost::asio::ip::tcp::socket& socket, std::shared_ptr<void> owner, std::shared_ptr<std::atomic<bool>> left)
      : watch_(new Watch{socket, boost::asio::steady_timer(socket.get_executor()), std::move(owner), std::move(left),
                         false}) {
    look(watch_);
  }
  Departure(const Departure&) = delete;
  Departure& operator=(const Departure&) = delete;
  /// Ends the looking.
  ~Departure() {
    watch_->over = true;
    watch_->timer.cancel();
  }

 private:
  struct Watch {
    boost::asio::ip::tcp::socket& socket;
    boost::asio::steady_timer timer;
    std::shared_ptr<void> owner;
    std::shared_ptr<std::atomic<bool>> left;
    bool over;
  };

  static void look(std::shared_ptr<Watch> watch) {
    auto& timer = watch->timer;
    timer.expires_after(kLookEvery);
    timer.async_wait([watch = std::move(watch)](const boost::system::error_code& error) mutable {
      if (error || watch->over || !watch->socket.is_open()) return;
      if (has_left(watch->socket.native_handle())) {
        *watch->left = true;
        return;
      }
      look(std::move(watch));
    });
  }

  const std::shared_ptr<Watch> watch_;
};

}  // namespace tapewatch
