#include "daemon/client/client_transfer.hpp"

namespace tapewatch {

boost::asio::awaitable<ClientResult> exchange_plain(const Exchange& exchange) {
  auto connected = co_await connect(exchange);
  if (!connected) co_return connected.error();
  boost::beast::tcp_stream stream = std::move(**connected);
  const InFlight::Entry entry(*exchange.in_flight, [&stream] { stream.close(); });
  stream.expires_at(exchange.deadline);
  co_return co_await transfer(stream, exchange);
}

}  // namespace tapewatch
