// Tested by tests/e2e/readme/readme_test.py
#include <fmt/format.h>

#include <boost/url.hpp>
#include <stdexcept>

#include "daemon/commands/daemon_request.hpp"
#include "daemon/commands/query/query_source.hpp"
#include "daemon/observe/log.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{256} << 20;

class DaemonSource final : public QuerySource {
 public:
  DaemonSource(std::string url, std::string token, std::string ca_file)
      : url_(std::move(url)), token_(std::move(token)), ca_file_(std::move(ca_file)) {}

  ApiResponse get(const std::string& path, const Fields& query) override {
    boost::urls::url target(boost::urls::parse_relative_ref(path).value());
    for (const auto& [name, value] : query) target.params().append({name, value});
    ClientRequest request = daemon_request("GET", url_, std::string_view(target.buffer()), token_);
    request.max_response_bytes = kMaxAnswerBytes;
    ClientResult result = send_and_wait(std::move(request), {.ca_file = ca_file_});
    if (!result) throw std::runtime_error(fmt::format("{}: {}", loggable_url(url_), result.error().message));
    return to_api_response(std::move(*result));
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

  const std::string url_, token_, ca_file_;
};

}  // namespace

std::unique_ptr<QuerySource> make_daemon_source(const std::string& url, const std::string& token,
                                                const std::string& ca_file) {
  return std::make_unique<DaemonSource>(url, token, ca_file);
}

}  // namespace tapewatch
