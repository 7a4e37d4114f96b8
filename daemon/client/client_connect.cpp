#include "daemon/client/client_connect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>

namespace tapewatch {

namespace asio = boost::asio;
namespace beast = boost::beast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

steady_clock::time_point connect_deadline(const Exchange& exchange) {
  return std::min(exchange.deadline, steady_clock::now() + exchange.connect_timeout);
}

asio::awaitable<boost::system::result<std::unique_ptr<beast::tcp_stream>, ClientError>> connect(
    const Exchange& exchange) {
  const auto executor = co_await asio::this_coro::executor;
  const auto until = connect_deadline(exchange);
  boost::system::error_code error = asio::error::host_not_found;
  for (std::size_t i = 0; i < exchange.endpoints.size(); ++i) {
    auto stream = std::make_unique<beast::tcp_stream>(executor);
    const InFlight::Entry entry(*exchange.in_flight, [open = stream.get()] { open->close(); });
    const auto left = until - steady_clock::now();
    stream->expires_after(std::max<steady_clock::duration>(
        left / static_cast<std::int64_t>(exchange.endpoints.size() - i), milliseconds(1)));
    co_await stream->async_connect(exchange.endpoints[i], asio::redirect_error(asio::use_awaitable, error));
    if (exchange.in_flight->stopped()) co_return ClientError(ClientErrorKind::cancelled, "stopped");
    if (!error) {
      stream->socket().set_option(asio::ip::tcp::no_delay(true), error);
      co_return stream;
    }
  }
  const std::string& host = exchange.target.host;
  if (error == beast::error::timeout) {
    co_return ClientError(ClientErrorKind::timeout,
                          fmt::format("{}: no connection within {} ms", host, exchange.connect_timeout.count()));
  }
  co_return ClientError(ClientErrorKind::connect,
                        fmt::format("{} port {}: {}", host, exchange.target.port, error.message()));
}

ClientError transfer_error(const Exchange& exchange, boost::system::error_code error, bool answered,
                           std::size_t received) {
  namespace http = beast::http;
  const std::string& host = exchange.target.host;
  if (exchange.in_flight->stopped()) return ClientError(ClientErrorKind::cancelled, "stopped");
  if (error == beast::error::timeout) {
    const std::string what = answered ? fmt::format("the answer did not end in time ({} bytes came)", received)
                                      : std::string("no answer in time");
    return ClientError(ClientErrorKind::timeout, host + ": " + what);
  }
  if (error == http::error::body_limit) {
    return ClientError(ClientErrorKind::too_large,
                       fmt::format("{}: the body has more than {} bytes", host, exchange.max_response_bytes));
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return ClientError(ClientErrorKind::too_large,
                       fmt::format("{}: the header has more than {} bytes", host, exchange.max_header_bytes));
  }
  const bool closed = error == http::error::end_of_stream || error == asio::ssl::error::stream_truncated;
  if ((closed && !answered) || (!answered && error.category() == asio::error::get_system_category())) {
    return ClientError(ClientErrorKind::connect, host + ": the connection was closed before an answer");
  }
  if (error == http::error::partial_message || answered) {
    return ClientError(ClientErrorKind::protocol,
                       fmt::format("{}: the answer was cut off after {} bytes: {}", host, received, error.message()));
  }
  return ClientError(ClientErrorKind::protocol, fmt::format("{}: not HTTP: {}", host, error.message()));
}

}  // namespace tapewatch
