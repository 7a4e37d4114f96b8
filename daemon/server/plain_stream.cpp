// Tested by tests/daemon/server/http_server_test.cpp
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "daemon/server/as_tuple.hpp"
#include "daemon/server/byte_stream.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(asio::ip::tcp::socket socket) : tcp_(std::move(socket)) {}

  asio::awaitable<Opened> open() override { co_return Opened::ready; }

  asio::awaitable<Read> read_some(asio::mutable_buffer into) override {
    Read read;
    std::tie(read.error, read.bytes) = co_await tcp_.async_read_some(into, kTuple);
    co_return read;
  }

  asio::awaitable<error_code> write(asio::const_buffer bytes) override {
    const auto [error, written] = co_await asio::async_write(tcp_, bytes, kTuple);
    co_return error;
  }

  void expires_after(std::chrono::milliseconds time) override { tcp_.expires_after(time); }

  void end_sending() override {
    error_code ignored;
    tcp_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    tcp_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    tcp_.close();
  }

  asio::ip::tcp::socket& socket() override { return tcp_.socket(); }

 private:
  boost::beast::tcp_stream tcp_;
};

}  // namespace

std::unique_ptr<ByteStream> make_plain_stream(asio::ip::tcp::socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace tapewatch
