#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

namespace tapewatch {

/// SIGINT, SIGTERM and SIGHUP on the io thread. A second SIGTERM does not speed up the shutdown, which has a deadline.
class StopSignals {
 public:
  struct Handlers {
    std::function<void(const char* signal)> stop;
    std::function<void()> reload;  ///< SIGHUP
  };
  StopSignals(boost::asio::io_context& io, Handlers handlers) : signals_(io), handlers_(std::move(handlers)) {}

  /// From now on the signals are delivered here.
  void watch();

 private:
  void wait();

  boost::asio::signal_set signals_;
  const Handlers handlers_;
};

}  // namespace tapewatch
