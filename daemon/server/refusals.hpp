#pragma once
// Answers of a session to what never becomes a request.
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string_view>

#include "daemon/server/router.hpp"
#include "daemon/server/server.hpp"

namespace tapewatch {

/// The answer if a header or a body could not be read; none if the other side has closed or was too slow (the socket is
/// closed then). `route`: null before it is known.
std::optional<ApiResponse> read_problem(const boost::system::error_code& error, const ServerOptions& options,
                                        const Route* route, std::string_view id);

/// 431: the head is longer than the options allow.
ApiResponse head_too_long(const ServerOptions& options, std::string_view id);

/// 503: all places for connections are taken.
ApiResponse no_place(std::string_view id);

/// 400: a request without TLS where the listener speaks it.
ApiResponse needs_tls(std::string_view id);

/// Answers 503 to a connection without a place, and closes it.
void turn_away(boost::asio::ip::tcp::socket socket);

}  // namespace tapewatch
