#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

namespace tapewatch {

/// One address of `[daemon] listen`, open for business.
struct Listener {
  boost::asio::ip::tcp::acceptor acceptor;
  std::string address;  // as configured
  bool accepting = false;
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080" (which is 127.0.0.1), ":8080" is refused. Throws ListenError.
boost::asio::ip::tcp::endpoint parse_listen_address(const std::string& address);

/// Binds and listens. Throws ListenError that names the address, the reason and what mends it.
Listener open_listener(const boost::asio::any_io_executor& executor, const std::string& address);

}  // namespace tapewatch
