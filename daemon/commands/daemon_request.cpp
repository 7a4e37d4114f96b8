// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/daemon_request.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
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

ClientResult send_and_wait(ClientRequest request, const ClientOptions& options) {
  boost::asio::io_context io;
  HttpClient client(io.get_executor(), options);
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

std::string refusal_in_words(const ClientResponse& response) {
  std::string words = fmt::format("the daemon answers {}", response.status);
  boost::system::error_code error;
  const auto answer = boost::json::parse(response.body, error);
  const auto* const members = error ? nullptr : answer.if_object();
  const auto* const detail = members ? members->if_contains("detail") : nullptr;
  if (detail && detail->is_string() && !detail->get_string().empty()) words += ": " + std::string(detail->get_string());
  return words;
}

}  // namespace tapewatch
