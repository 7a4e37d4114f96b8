// Tested by tests/daemon/server/http_server_test.cpp
#include "daemon/server/listener.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/v6_only.hpp>

#include "config/toml/units.hpp"
#include "daemon/server/server.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

[[noreturn]] void refuse(const std::string& address, const std::string& why) {
  throw ListenError(fmt::format("cannot listen on \"{}\": {}", address, why));
}

std::string mend(const error_code& error) {
  if (error == asio::error::address_in_use) {
    return "another program uses this port; stop it, or choose another port in [daemon] listen";
  }
  if (error == asio::error::access_denied) return "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one";
  if (error == boost::system::errc::address_not_available) return "this machine does not have that address";
  return "correct [daemon] listen";
}

}  // namespace

tcp::endpoint parse_listen_address(const std::string& address) {
  const auto parsed = config::parse_listen_address(address);
  if (!parsed) {
    refuse(address,
           "it must be ADDRESS:PORT, an IP address or localhost and a port up to 65535, such as 127.0.0.1:8080 or "
           "[::1]:8080");
  }
  const std::string& host = parsed->host == "localhost" ? "127.0.0.1" : parsed->host;
  return {asio::ip::make_address(host), parsed->port};
}

Listener open_listener(const asio::any_io_executor& executor, const std::string& address) {
  const tcp::endpoint endpoint = parse_listen_address(address);
  tcp::acceptor acceptor(executor);
  error_code error;
  const auto check = [&](std::string_view step) {
    if (error) refuse(address, fmt::format("{} ({}); {}", error.message(), step, mend(error)));
  };
  acceptor.open(endpoint.protocol(), error);
  check("socket");
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  acceptor.bind(endpoint, error);
  check("bind");
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  check("listen");
  return Listener{std::move(acceptor), address};
}

}  // namespace tapewatch
