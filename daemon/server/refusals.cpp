// Tested by tests/daemon/server/http_server_test.cpp
#include "daemon/server/refusals.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <memory>
#include <string>

#include "daemon/server/problem.hpp"
#include "daemon/server/wire.hpp"

namespace tapewatch {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

ApiResponse head_too_long(const ServerOptions& options, std::string_view id) {
  return problem(problems::kHeaderTooLarge,
                 "at most " + std::to_string(options.max_header_bytes) + " bytes of header are accepted", id, {},
                 Limit{"header_bytes", options.max_header_bytes});
}

std::optional<ApiResponse> read_problem(const error_code& error, const ServerOptions& options, const Route* route,
                                        std::string_view id) {
  if (error == http::error::header_limit) return head_too_long(options, id);
  if (error == http::error::body_limit) return body_too_large(route ? route->max_body_bytes : 0, id);
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error.category() != http::make_error_code(http::error::bad_method).category()) {
    return std::nullopt;
  }
  return problem(problems::kBadRequest, "not HTTP/1.1: " + error.message(), id);
}

ApiResponse no_place(std::string_view id) {
  return problem(problems::kBusy, "too many connections are open; try again in a moment", id);
}

ApiResponse needs_tls(std::string_view id) {
  return problem(problems::kBadRequest, "this port speaks TLS: begin the address with https:// in place of http://",
                 id);
}

void turn_away(asio::ip::tcp::socket socket) {
  const auto full = std::make_shared<std::string>(serialise(no_place("none"), "none", false, false));
  const auto kept = std::make_shared<asio::ip::tcp::socket>(std::move(socket));
  asio::async_write(*kept, asio::buffer(*full), [kept, full](const error_code&, std::size_t) {
    error_code ignored;
    kept->shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  });
}

}  // namespace tapewatch
