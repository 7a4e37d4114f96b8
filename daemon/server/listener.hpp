#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

namespace tapewatch {

/// One open address of `[daemon] listen`.
struct Listener {
  boost::asio::ip::tcp::acceptor acceptor;
  std::string address;  // as configured
  bool accepting = false;
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080" (which is 127.0.0.1), ":8080" is refused. Throws ListenError.
boost::asio::ip::tcp::endpoint parse_listen_address(const std::string& address);

/// Binds and listens. Throws ListenError with the address, the reason and the remedy.
Listener open_listener(const boost::asio::any_io_executor& executor, const std::string& address);

}  // namespace tapewatch
