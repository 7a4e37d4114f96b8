// Tested by tests/daemon/client/http_client_proxy_test.cpp
#include "daemon/client/address_guard.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

namespace tapewatch {
namespace {

namespace ip = boost::asio::ip;

bool within(const ip::address_v4& address, const ip::network_v4& network) {
  return (address.to_uint() & network.netmask().to_uint()) == network.network().to_uint();
}

bool within(const ip::address_v6& address, const ip::network_v6& network) {
  return ip::network_v6(address, network.prefix_length()).network() == network.network();
}

bool is_public(const ip::address_v4& address) {
  static const std::array kSpecial = {ip::make_network_v4("0.0.0.0/8"),       ip::make_network_v4("10.0.0.0/8"),
                                      ip::make_network_v4("100.64.0.0/10"),   ip::make_network_v4("127.0.0.0/8"),
                                      ip::make_network_v4("169.254.0.0/16"),  ip::make_network_v4("172.16.0.0/12"),
                                      ip::make_network_v4("192.0.0.0/24"),    ip::make_network_v4("192.0.2.0/24"),
                                      ip::make_network_v4("192.168.0.0/16"),  ip::make_network_v4("198.18.0.0/15"),
                                      ip::make_network_v4("198.51.100.0/24"), ip::make_network_v4("203.0.113.0/24"),
                                      ip::make_network_v4("224.0.0.0/3")};
  return std::none_of(kSpecial.begin(), kSpecial.end(), [&](const auto& network) { return within(address, network); });
}

ip::address_v4 carried(const ip::address_v6& address, std::size_t at) {
  const auto bytes = address.to_bytes();
  return ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

/// The IPv4 address that an IPv6 address stands for.
std::optional<ip::address_v4> carried_address(const ip::address_v6& address) {
  static const auto kMapped = ip::make_network_v6("::ffff:0:0/96"), kNat64 = ip::make_network_v6("64:ff9b::/96"),
                    k6to4 = ip::make_network_v6("2002::/16");
  if (within(address, kMapped) || within(address, kNat64)) return carried(address, 12);
  if (within(address, k6to4)) return carried(address, 2);
  return std::nullopt;
}

bool is_public(const ip::address_v6& address) {
  static const auto kGlobal = ip::make_network_v6("2000::/3"), kDocumentation = ip::make_network_v6("2001:db8::/32"),
                    kDocumentation2024 = ip::make_network_v6("3fff::/20"),  // RFC 9637
      kProtocols = ip::make_network_v6("2001::/23");
  if (const auto inner = carried_address(address)) return is_public(*inner);
  return within(address, kGlobal) && !within(address, kDocumentation) && !within(address, kDocumentation2024) &&
         !within(address, kProtocols);
}

bool is_link_local(const ip::address& address) {
  static const auto kLinkLocal = ip::make_network_v4("169.254.0.0/16");
  if (address.is_v4()) return within(address.to_v4(), kLinkLocal);
  const auto inner = carried_address(address.to_v6());
  return inner ? within(*inner, kLinkLocal) : address.to_v6().is_link_local();
}

}  // namespace

bool is_public_address(const ip::address& address) {
  return address.is_v4() ? is_public(address.to_v4()) : is_public(address.to_v6());
}

NetworkReach reach_of(std::string_view name) {
  if (name == "network") return NetworkReach::network;
  if (name == "public") return NetworkReach::internet;
  if (name == "any") return NetworkReach::any;
  throw std::invalid_argument("no reach is called " + std::string(name));
}

bool is_within(NetworkReach reach, const ip::address& address) {
  if (reach == NetworkReach::any) return true;
  return reach == NetworkReach::internet ? is_public_address(address) : !is_link_local(address);
}

}  // namespace tapewatch
