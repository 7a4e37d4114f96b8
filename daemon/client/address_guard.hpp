#pragma once

#include <boost/asio/ip/address.hpp>

namespace tapewatch {

/// Whether an address is on the public Internet: not this machine, not a private or link-local network, not a block
/// that IANA reserves for special purposes (RFC 6890), where a cloud's metadata service answers. IPv6 addresses that
/// carry an IPv4 address (mapped, NAT64, 6to4) are judged by it.
bool is_public_address(const boost::asio::ip::address& address);

}  // namespace tapewatch
