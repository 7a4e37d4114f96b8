#pragma once
// From the head of a request to its answer. Internal to daemon/server.
#include <boost/asio/awaitable.hpp>

#include "daemon/server/server_core.hpp"

namespace tapewatch {

/// What the session reads before the body.
struct Head {
  std::string target;
  unsigned version = 11;  // 10 or 11
  unsigned hosts = 0;     // Host headers
  bool has_body = false;
  std::uint64_t content_length = 0;
};

struct Checked {
  const Route* route = nullptr;
  std::optional<ApiResponse> refusal;  // or another answer that needs no handler, such as to OPTIONS
};

/// Target, Host, origin, path, method, token, rate and size, in this order; fills in the request's path, query, path
/// parameters and caller. `now`: what the rate is counted at.
Checked check_request(const ServerCore& core, const Head& head, ApiRequest& request,
                      RateLimiter::Clock::time_point now);

/// Runs the route's handler on the right thread and waits for its answer until the request's deadline. A handler that
/// runs past it shares the request, because its body may be megabytes long and is never copied.
boost::asio::awaitable<ApiResponse> dispatch(std::shared_ptr<ServerCore> core, const Route& route,
                                             std::shared_ptr<const ApiRequest> request);

}  // namespace tapewatch
