#pragma once
// One connection. Internal to daemon/server; no Beast here, because its headers cost 15 seconds per unit.
#include <memory>

#include "daemon/server/byte_stream.hpp"
#include "daemon/server/server_core.hpp"

namespace tapewatch {

/// Reads requests and answers them, one after the other, on its own strand. Keeps itself alive while it runs.
class Session : public std::enable_shared_from_this<Session> {
 public:
  /// The socket of `stream` lives on the session's strand. On a reserved `place` it reads one head and answers only
  /// requests of supervisors.
  static std::shared_ptr<Session> create(std::shared_ptr<ServerCore> core, std::unique_ptr<ByteStream> stream,
                                         Connections::Place place);
  virtual ~Session() = default;

  /// Starts the coroutine. Any thread.
  virtual void start() = 0;
  /// Ends the session when no request is being read or answered, else after the current one. Any thread.
  virtual void close_gently() = 0;
  /// Ends it now. Any thread.
  virtual void cut() = 0;
};

}  // namespace tapewatch
