#include "daemon/server/listener.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/v6_only.hpp>

#include <charconv>

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
    return "another program has this port; stop it, or choose another port in [daemon] listen";
  }
  if (error == asio::error::access_denied) return "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one";
  if (error == boost::system::errc::address_not_available) return "this machine does not have that address";
  return "correct [daemon] listen";
}

}  // namespace

tcp::endpoint parse_listen_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) refuse(address, "it must be ADDRESS:PORT, for example 127.0.0.1:8080");
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";

  unsigned port = 0;
  const char* const end = address.data() + address.size();
  const auto [stop, code] = std::from_chars(address.data() + colon + 1, end, port);
  if (code != std::errc() || stop != end || port > 65535) refuse(address, "the port must be a number up to 65535");

  error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error) refuse(address, "the part before the port must be an IP address or localhost; an IPv6 one in brackets");
  return {ip, static_cast<unsigned short>(port)};
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
