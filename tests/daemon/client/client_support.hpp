#pragma once
// Shared by the tests of the HTTP client: one request, run to its end on the test's own io_context.
#include <optional>
#include <stdexcept>
#include <string>

#include "daemon/client/client.hpp"
#include "tests/support/script_server.hpp"

namespace client_test {

using namespace tapewatch;
using namespace std::chrono_literals;

/// Runs the io_context until the client has answered.
inline ClientResult fetch(boost::asio::io_context& io, HttpClient& client, ClientRequest request) {
  std::optional<ClientResult> result;
  boost::asio::co_spawn(io, client.send(std::move(request)), [&](const std::exception_ptr& failure, ClientResult got) {
    if (failure) std::rethrow_exception(failure);
    result = std::move(got);
  });
  io.restart();
  while (!result) {
    if (io.run_one_for(20s) == 0) throw std::runtime_error("the client never answered");
  }
  return std::move(*result);
}

inline ClientOptions quick() {
  ClientOptions options;
  options.connect_timeout = 2s;
  return options;
}

inline ClientRequest request_to(const std::string& url, std::chrono::milliseconds deadline = 5s) {
  ClientRequest request("GET", url);
  request.deadline = deadline;
  return request;
}

/// "kind: message", or "status N" where there is no error.
inline std::string error_of(const ClientResult& result) {
  return result ? "status " + std::to_string(result->status)
                : std::string(to_string(result.error().kind)) + ": " + result.error().message;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace client_test
