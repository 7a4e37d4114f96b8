#pragma once
// Internal to daemon/server: includes Beast, which costs seconds a unit.
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "daemon/server/server_core.hpp"

namespace tapewatch {

/// Writes the answers of one connection, each write with a time-out. Lives on the connection's strand; `stream` must
/// outlive it.
class ResponseSender {
 public:
  ResponseSender(std::shared_ptr<ServerCore> core, boost::beast::tcp_stream& stream)
      : core_(std::move(core)), stream_(stream) {}

  /// The next answer is to this request.
  void begin(std::string request_id);
  /// Whether a byte of the answer may have gone out.
  bool has_begun() const { return begun_; }
  /// It is a HEAD: the answer ends after its head.
  void without_body() { head_ = true; }

  /// False where the connection is over. The body is whole: Content-Length is said.
  boost::asio::awaitable<bool> send(ApiResponse response, bool keep_alive);

  /// An answer that is made as it is sent, part by part, each with a deadline of its own. False where it is cut: then
  /// the last chunk is missing, and the connection must close.
  boost::asio::awaitable<bool> send_parts(ApiResponse response, bool keep_alive, bool chunked);

  /// Answers, and reads for a moment what the other side still sends: closing over unread bytes would reset the
  /// connection and take the answer with it. The caller closes. Nothing happens where the status is 0.
  boost::asio::awaitable<void> send_and_close(ApiResponse response);

  boost::asio::awaitable<bool> write(std::string bytes);

 private:
  const std::shared_ptr<ServerCore> core_;
  boost::beast::tcp_stream& stream_;
  std::string request_id_;
  bool head_ = false, begun_ = false;
};

}  // namespace tapewatch
