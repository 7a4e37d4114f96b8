#pragma once

#include <memory>
#include <string>

#include "daemon/server/message.hpp"

namespace tapewatch {

/// Where `tapewatch query` gets its responses: GET requests of the HTTP interface, answered by a database in this
/// process or by a daemon.
class QuerySource {
 public:
  virtual ~QuerySource() = default;
  /// Throws std::runtime_error without any response.
  virtual ApiResponse get(const std::string& path, const Fields& query) = 0;
};

/// Reads a database by the daemon's own handlers.
std::unique_ptr<QuerySource> make_database_source(const std::string& db);

/// Queries a daemon; `url` is its address, `token` and `ca_file` may be empty.
std::unique_ptr<QuerySource> make_daemon_source(const std::string& url, const std::string& token,
                                                const std::string& ca_file);

}  // namespace tapewatch
