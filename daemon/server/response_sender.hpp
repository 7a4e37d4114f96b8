#pragma once
// Internal to daemon/server.
#include <boost/asio/awaitable.hpp>

#include "daemon/server/byte_stream.hpp"
#include "daemon/server/server_core.hpp"

namespace tapewatch {

/// Writes the answers of one connection, each write with a time-out. Runs on the connection's strand; `stream` must
/// outlive it.
class ResponseSender {
 public:
  ResponseSender(std::shared_ptr<ServerCore> core, ByteStream& stream) : core_(std::move(core)), stream_(stream) {}

  /// The next answer is to this request.
  void begin(std::string request_id);
  /// Whether a byte of the answer may have been sent.
  bool has_begun() const { return begun_; }
  /// The request is a HEAD: the answer ends after its header.
  void without_body() { head_ = true; }

  /// False if the connection is over. The body is complete: Content-Length is sent.
  boost::asio::awaitable<bool> send(ApiResponse response, bool keep_alive);

  /// An answer produced while it is sent, part by part, each with its own deadline. False if it is cut off: then the
  /// last chunk is missing, and the connection must close.
  boost::asio::awaitable<bool> send_parts(ApiResponse response, bool keep_alive, bool chunked);

  /// Answers, and reads for a moment what the other side still sends: closing with unread bytes would reset the
  /// connection and lose the answer. The caller closes. Nothing happens if the status is 0.
  boost::asio::awaitable<void> send_and_close(ApiResponse response);

  boost::asio::awaitable<bool> write(std::string bytes);

 private:
  const std::shared_ptr<ServerCore> core_;
  ByteStream& stream_;
  std::string request_id_;
  bool head_ = false, begun_ = false;
};

}  // namespace tapewatch
