#pragma once
// Two small tools for waiting in the server's coroutines.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace tapewatch {

/// Closed at first; a coroutine on `executor` (a strand) waits for it, any thread opens it, once and permanently.
class Gate : public std::enable_shared_from_this<Gate> {
 public:
  explicit Gate(const boost::asio::any_io_executor& executor) : executor_(executor), timer_(executor) {}

  /// Any thread. `first` runs on the strand before the waiting coroutine resumes, unless the gate is already open.
  void open(std::function<void()> first = nullptr);

  /// Ends the waiting without opening; later waits end at once. Any thread.
  void give_up();

  /// On the strand: true when open, false when `deadline` or give_up() came first.
  boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

  bool is_open() const { return open_; }

 private:
  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  bool open_ = false, given_up_ = false;
};

/// Runs `work` on the pool and waits for it; false when `deadline` came first. `work` then still runs to its end, so it
/// must own what it touches.
boost::asio::awaitable<bool> run_on(boost::asio::any_io_executor pool, std::function<void()> work,
                                    std::chrono::steady_clock::time_point deadline);

}  // namespace tapewatch
