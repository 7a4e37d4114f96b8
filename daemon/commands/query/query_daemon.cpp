// Tested by tests/e2e/readme/readme_test.py
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/url.hpp>
#include <optional>
#include <stdexcept>

#include "daemon/client/client.hpp"
#include "daemon/commands/query/query_source.hpp"
#include "daemon/observe/log.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{256} << 20;

class DaemonSource final : public QuerySource {
 public:
  DaemonSource(std::string url, const std::string& token) : base_(std::move(url)) {
    while (base_.ends_with('/')) base_.pop_back();
    if (!token.empty()) headers_.emplace_back("Authorization", "Bearer " + token);
  }

  ApiResponse get(const std::string& path, const Fields& query) override {
    boost::urls::url target(boost::urls::parse_relative_ref(path).value());
    for (const auto& [name, value] : query) target.params().append({name, value});
    ClientRequest request("GET", base_ + std::string(target.buffer()));
    request.headers = headers_;
    request.max_response_bytes = kMaxAnswerBytes;
    request.deadline = std::chrono::minutes{5};

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
    if (!*result) throw std::runtime_error(fmt::format("{}: {}", loggable_url(base_), result->error().message));
    return to_api_response(std::move(**result));
  }

 private:
  static ApiResponse to_api_response(ClientResponse response) {
    ApiResponse answer;
    answer.status = response.status;
    answer.content_type = std::string(find_header(response.headers, "Content-Type"));
    answer.body = std::move(response.body);
    for (auto& header : response.headers) answer.headers.push_back(std::move(header));
    return answer;
  }

  std::string base_;
  HeaderList headers_;
};

}  // namespace

std::unique_ptr<QuerySource> make_daemon_source(const std::string& url, const std::string& token) {
  return std::make_unique<DaemonSource>(url, token);
}

}  // namespace tapewatch
