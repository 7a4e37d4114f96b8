#pragma once
#include <boost/asio/awaitable.hpp>

#include "daemon/server/byte_stream.hpp"
#include "daemon/server/server_core.hpp"

namespace tapewatch {

/// Checks whether the stream may begin; returns an answer if not (a bad Last-Event-ID, too many clients, no event log).
boost::asio::awaitable<std::optional<ApiResponse>> prepare_stream(std::shared_ptr<ServerCore> core, const Route& route,
                                                                  const ApiRequest& request);

/// Serves events until the client leaves, falls behind, loses its token, or the server stops.
boost::asio::awaitable<void> serve_events(std::shared_ptr<ServerCore> core, ByteStream& stream,
                                          const ApiRequest& request);

}  // namespace tapewatch
