#pragma once
// The bytes of one connection, plain or over TLS. Internal to daemon/server; neither Beast nor OpenSSL here, because
// their headers cost seconds per unit.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>

namespace tapewatch {

class ServerCertificate;

/// One connection as a stream of bytes. Runs on the strand of its socket, one operation at a time; only close() may
/// come in between. An operation that is not over by the time set with expires_after() ends with an error, and the
/// socket is closed.
class ByteStream {
 public:
  /// How a connection begins. `plain_http`: an HTTP request where TLS is expected; it can be answered, unencrypted.
  enum class Opened { ready, plain_http, failed };
  struct Read {
    boost::system::error_code error;
    std::size_t bytes = 0;
  };

  virtual ~ByteStream() = default;

  /// Once, before anything else: the handshake, if there is one.
  virtual boost::asio::awaitable<Opened> open() = 0;
  /// After `failed`: the reason of a handshake that went wrong; empty if there was none.
  virtual std::string failure() const { return {}; }

  virtual boost::asio::awaitable<Read> read_some(boost::asio::mutable_buffer into) = 0;
  virtual boost::asio::awaitable<boost::system::error_code> write(boost::asio::const_buffer bytes) = 0;
  /// For all operations from now until it is set again.
  virtual void expires_after(std::chrono::milliseconds time) = 0;
  /// Nothing is written any more. What is read afterwards is good only for being thrown away.
  virtual void end_sending() = 0;
  virtual void close() = 0;

  virtual boost::asio::ip::tcp::socket& socket() = 0;
};

std::unique_ptr<ByteStream> make_plain_stream(boost::asio::ip::tcp::socket socket);

/// With this certificate. Throws std::bad_alloc.
std::unique_ptr<ByteStream> make_tls_stream(boost::asio::ip::tcp::socket socket,
                                            std::shared_ptr<const ServerCertificate> certificate);

}  // namespace tapewatch
