// Tested by tests/daemon/server/tls_server_test.cpp
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <new>

#include "daemon/server/as_tuple.hpp"
#include "daemon/server/byte_stream.hpp"
#include "daemon/server/server_certificate.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// What is encrypted before it is sent: two records.
constexpr std::size_t kSealedAtOnce = 32 * 1024;

struct FreeConnection {
  void operator()(SSL* connection) const { SSL_free(connection); }
};

/// OpenSSL between two buffers in memory, which this class fills from and empties to the socket. (Asio's own stream
/// cannot say goodbye without waiting for the answer.)
class TlsStream final : public ByteStream {
 public:
  TlsStream(asio::ip::tcp::socket socket, std::shared_ptr<const ServerCertificate> certificate)
      : certificate_(std::move(certificate)), tcp_(std::move(socket)), ssl_(SSL_new(certificate_->context())) {
    if (!ssl_) throw std::bad_alloc();
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    if (in_ == nullptr || out_ == nullptr) {
      BIO_free(in_);
      BIO_free(out_);
      throw std::bad_alloc();
    }
    BIO_set_mem_eof_return(in_, -1);  // empty means: not yet there
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_accept_state(ssl_.get());
  }

  /// The first byte tells a handshake (22) from a request, which begins with a letter.
  asio::awaitable<Opened> open() override {
    error_code error = co_await receive();
    const char first = received_[0];
    if (!error && ((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z'))) {
      raw_ = true;
      co_return Opened::plain_http;
    }
    while (!error) {
      ERR_clear_error();
      const int done = SSL_do_handshake(ssl_.get());
      const int why = SSL_get_error(ssl_.get(), done);
      if (done != 1 && why != SSL_ERROR_WANT_READ) note_failure();
      error = co_await flush();
      if (done == 1 && !error) co_return Opened::ready;
      if (broken_) co_return Opened::failed;
      if (!error) error = co_await receive();
    }
    if (error == boost::beast::error::timeout) failure_ = "the other side is too slow";
    co_return Opened::failed;
  }

  std::string failure() const override { return failure_; }

  asio::awaitable<Read> read_some(asio::mutable_buffer into) override {
    Read read;
    if (raw_ || said_goodbye_) {
      std::tie(read.error, read.bytes) = co_await tcp_.async_read_some(into, kTuple);
      co_return read;
    }
    while (!read.error) {
      ERR_clear_error();
      const int done = SSL_read_ex(ssl_.get(), into.data(), into.size(), &read.bytes);
      const int why = SSL_get_error(ssl_.get(), done);
      if (done != 1 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_ZERO_RETURN) note_failure();
      read.error = co_await flush();  // an answer to the other side's new keys, or an alert
      if (done == 1 || read.error) break;
      if (why == SSL_ERROR_ZERO_RETURN) {
        read.error = asio::error::eof;
      } else if (broken_) {
        read.error = asio::error::connection_aborted;
      } else {
        read.error = co_await receive();
      }
    }
    if (read.error) read.bytes = 0;
    co_return read;
  }

  asio::awaitable<error_code> write(asio::const_buffer bytes) override {
    error_code error;
    if (raw_) {
      std::size_t written = 0;
      std::tie(error, written) = co_await asio::async_write(tcp_, bytes, kTuple);
      co_return error;
    }
    for (bool first = true; !error && bytes.size() > 0; first = false) {
      ERR_clear_error();
      std::size_t sealed = 0;
      const int done = SSL_write_ex(ssl_.get(), bytes.data(), std::min(bytes.size(), kSealedAtOnce), &sealed);
      if (done != 1) {
        note_failure();
        co_return asio::error::connection_aborted;
      }
      bytes += sealed;
      error = co_await flush(first);
    }
    co_return error;
  }

  void expires_after(std::chrono::milliseconds time) override { tcp_.expires_after(time); }

  void end_sending() override {
    say_goodbye();
    error_code ignored;
    tcp_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  void close() override {
    say_goodbye();
    error_code ignored;
    tcp_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    tcp_.close();
  }

  asio::ip::tcp::socket& socket() override { return tcp_.socket(); }

 private:
  /// Reads from the socket what OpenSSL is to see next.
  asio::awaitable<error_code> receive() {
    error_code error;
    std::size_t bytes = 0;
    std::tie(error, bytes) = co_await tcp_.async_read_some(asio::buffer(received_), kTuple);
    if (!error && BIO_write(in_, received_.data(), static_cast<int>(bytes)) != static_cast<int>(bytes)) {
      error = asio::error::no_memory;
    }
    co_return error;
  }

  /// What the socket takes without waiting.
  std::size_t send_now(const char* data, std::size_t size) {
    const ssize_t sent = ::send(tcp_.socket().native_handle(), data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  /// Sends what OpenSSL has to say. `at_once`: without a turn of the other connections, as far as the socket takes it,
  /// so that a close() that follows can say goodbye.
  asio::awaitable<error_code> flush(bool at_once = true) {
    char* data = nullptr;
    const long pending = BIO_get_mem_data(out_, &data);
    error_code error;
    if (pending <= 0) co_return error;
    const auto size = static_cast<std::size_t>(pending);
    const std::size_t sent = at_once ? send_now(data, size) : 0;
    if (sent < size) {
      std::size_t rest = 0;
      sending_ = true;
      std::tie(error, rest) = co_await asio::async_write(tcp_, asio::buffer(data + sent, size - sent), kTuple);
      sending_ = false;
    }
    static_cast<void>(BIO_reset(out_));
    co_return error;
  }

  void note_failure() {
    broken_ = true;
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    failure_ = reason == nullptr ? "the other side does not keep to the protocol" : reason;
    ERR_clear_error();
  }

  /// Tells the other side that the end is one, and no cut: as much as goes at once, since nobody waits for it. Not in
  /// the middle of a record that is being sent.
  void say_goodbye() {
    if (raw_ || broken_ || sending_ || said_goodbye_ || SSL_is_init_finished(ssl_.get()) == 0) return;
    said_goodbye_ = true;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
    char* data = nullptr;
    const long size = BIO_get_mem_data(out_, &data);
    if (size > 0 && tcp_.socket().is_open()) send_now(data, static_cast<std::size_t>(size));
  }

  const std::shared_ptr<const ServerCertificate> certificate_;
  boost::beast::tcp_stream tcp_;
  const std::unique_ptr<SSL, FreeConnection> ssl_;
  BIO* in_ = nullptr;   // received, not yet decrypted; owned by ssl_
  BIO* out_ = nullptr;  // encrypted, not yet sent; owned by ssl_
  std::array<char, kReadSize> received_{};
  std::string failure_;
  bool raw_ = false;      // the other side speaks HTTP without TLS
  bool broken_ = false;   // OpenSSL must not be asked again
  bool sending_ = false;  // the socket reads out_, which must not change
  bool said_goodbye_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> make_tls_stream(asio::ip::tcp::socket socket,
                                            std::shared_ptr<const ServerCertificate> certificate) {
  return std::make_unique<TlsStream>(std::move(socket), std::move(certificate));
}

}  // namespace tapewatch
