#pragma once
#include <spdlog/logger.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/api/writer_change.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {

/// What an operator has done, for the audit and for the log. No secrets.
struct Deed {
  std::string action;         ///< "alert.acknowledge"
  std::string target;         ///< the id of what it was done to
  std::string detail = "{}";  ///< a JSON object
  std::string line;           ///< for the log: "alert 4f… is acknowledged by Ana: useful"
};

/// The answer to an operator; without a deed nothing was changed.
struct Operated {
  ApiResponse response;
  std::optional<Deed> deed;
};
using Operation = std::function<Operated(storage::Connection&, TimePoint now)>;

/// Where operators' requests are carried out. The queue and the authenticator must outlive the router.
struct OperatorDesk {
  WriterQueue& writer;
  const Authenticator* auth = nullptr;            ///< null: whoever asks is admin
  std::shared_ptr<spdlog::logger> log = nullptr;  ///< null: nothing is logged
};

/// What the caller may do: by the token, or everything where none is needed.
Access role_of(const OperatorDesk& desk, const ApiRequest& http);

/// Runs `operation` in the writer's transaction, with the audit entry of its deed under the caller's name and role;
/// logs the deed and responds once that is committed. What a DeferredHandler returns.
std::shared_ptr<DeferredAnswer> operate(const OperatorDesk& desk, const ApiRequest& http, const Reply& reply,
                                        Operation operation);

/// The same for a deed that is committed otherwise: writes the entry, inside the caller's transaction.
void write_audit(storage::Connection& connection, TimePoint now, const std::string& caller, Access role,
                 const Deed& deed);

}  // namespace tapewatch
