#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/verify_context.hpp>

#include "daemon/client/client_transfer.hpp"
#include "daemon/client/tls_context.hpp"

namespace tapewatch {

namespace asio = boost::asio;
using TlsStream = asio::ssl::stream<boost::beast::tcp_stream>;

namespace {

ClientError handshake_error(const Exchange& exchange, boost::system::error_code error, const std::string& refusal) {
  const std::string& host = exchange.target.host;
  if (exchange.in_flight->stopped()) return ClientError(ClientErrorKind::cancelled, "stopped");
  if (error == boost::beast::error::timeout) {
    return ClientError(ClientErrorKind::timeout, host + ": the TLS handshake did not end in time");
  }
  return ClientError(ClientErrorKind::tls, host + ": TLS: " + (refusal.empty() ? error.message() : refusal));
}

}  // namespace

asio::awaitable<ClientResult> exchange_tls(const Exchange& exchange, TlsContext& tls) {
  auto connected = co_await connect(exchange);
  if (!connected) co_return connected.error();
  TlsStream stream(std::move(**connected), tls.native());
  auto& lowest = stream.next_layer();
  const InFlight::Entry entry(*exchange.in_flight, [&lowest] { lowest.close(); });

  std::string refusal;
  const bool system = tls.uses_system_authorities();
  stream.set_verify_callback([&refusal, system](bool accepted, asio::ssl::verify_context& verification) {
    if (!accepted) refusal = explain_refusal(verification.native_handle(), system);
    return accepted;
  });
  if (!expect_host(stream.native_handle(), exchange.target.host)) {
    co_return ClientError(ClientErrorKind::url, exchange.target.host + ": not a name that TLS can check");
  }
  boost::system::error_code error;
  lowest.expires_at(connect_deadline(exchange));
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return handshake_error(exchange, error, refusal);
  lowest.expires_at(exchange.deadline);
  co_return co_await transfer(stream, exchange);
}

}  // namespace tapewatch
