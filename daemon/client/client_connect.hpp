#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/result.hpp>
#include <memory>

#include "daemon/client/client_exchange.hpp"

namespace tapewatch {

/// Tries the addresses one after the other until one answers; each gets its share of the time allowed, so that a dead
/// IPv6 route does not use up what IPv4 needs.
/// (The pointer: a stream's constructor takes anything, an error too, which confuses `result`.)
boost::asio::awaitable<boost::system::result<std::unique_ptr<boost::beast::tcp_stream>, ClientError>> connect(
    const Exchange& exchange);

/// `now` plus the connect time-out, but never past the exchange's deadline.
std::chrono::steady_clock::time_point connect_deadline(const Exchange& exchange);

/// What a failure between connecting and the end of the answer means. `answered`: the header was read. `received`:
/// bytes of the body so far.
ClientError transfer_error(const Exchange& exchange, boost::system::error_code error, bool answered,
                           std::size_t received);

}  // namespace tapewatch
