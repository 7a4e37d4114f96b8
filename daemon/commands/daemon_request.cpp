// Tested by tests/e2e/readme/readme_test.py
#include "daemon/commands/daemon_request.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace tapewatch {

ClientRequest daemon_request(std::string_view method, std::string url, std::string_view path,
                             const std::string& token) {
  while (url.ends_with('/')) url.pop_back();
  ClientRequest request(std::string(method), url + std::string(path));
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  request.deadline = std::chrono::minutes{5};
  return request;
}

ClientResult send_and_wait(ClientRequest request) {
  boost::asio::io_context io;
  HttpClient client(io.get_executor(), {});
  std::optional<ClientResult> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, client.send(std::move(request)), [&](std::exception_ptr error, ClientResult answer) {
    failure = error;
    result = std::move(answer);
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace tapewatch
