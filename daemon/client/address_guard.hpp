#pragma once

#include <boost/asio/ip/address.hpp>
#include <string_view>

namespace tapewatch {

/// Whether an address is on the public Internet: not this machine, not a private or link-local network, not a block
/// that IANA reserves for special purposes (RFC 6890), where a cloud's metadata service answers. IPv6 addresses that
/// carry an IPv4 address (mapped, NAT64, 6to4) are judged by it.
bool is_public_address(const boost::asio::ip::address& address);

/// Which addresses a request may connect to: any; all but the link-local ones (169.254.0.0/16, fe80::/10, and IPv6
/// addresses that carry such an IPv4 address), where a cloud's metadata service answers; public ones only.
enum class NetworkReach { any, network, internet };

/// The reach of that name of alerts::kReaches. Throws std::invalid_argument for another one.
NetworkReach reach_of(std::string_view name);

bool is_within(NetworkReach reach, const boost::asio::ip::address& address);

}  // namespace tapewatch
