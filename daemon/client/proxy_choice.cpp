// Tested by tests/daemon/client/http_client_proxy_test.cpp
#include "daemon/client/proxy_choice.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "config/notation/ascii.hpp"

namespace tapewatch {
namespace {

namespace ip = boost::asio::ip;

bool covers(const std::string& network, const ip::address& address) {
  boost::system::error_code error;
  if (address.is_v4()) {
    const auto range = ip::make_network_v4(network, error);
    return !error && ip::network_v4(address.to_v4(), range.prefix_length()).canonical() == range.canonical();
  }
  const auto range = ip::make_network_v6(network, error);
  return !error && ip::network_v6(address.to_v6(), range.prefix_length()).canonical() == range.canonical();
}

bool matches(const std::string& pattern, const std::string& host) {
  if (pattern == "*") return true;
  boost::system::error_code not_an_address;
  const auto address = ip::make_address(host, not_an_address);
  if (!not_an_address) {
    boost::system::error_code error;
    const auto same = ip::make_address(pattern, error);
    return error ? covers(pattern, address) : same == address;
  }
  const std::string name = notation::ascii_lower(pattern.starts_with('.') ? pattern.substr(1) : pattern);
  return !name.empty() && (host == name || host.ends_with("." + name));
}

}  // namespace

std::string proxy_for(const ProxyOptions& proxy, const std::string& host, bool tls) {
  const std::string& chosen = tls && proxy.https_url ? *proxy.https_url : proxy.url;
  const std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;  // without the root's dot
  const auto direct = [&](const std::string& pattern) { return matches(pattern, name); };
  return std::any_of(proxy.except.begin(), proxy.except.end(), direct) ? std::string() : chosen;
}

}  // namespace tapewatch
