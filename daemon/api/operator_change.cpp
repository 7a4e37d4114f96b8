// Tested by tests/daemon/api/audit_api_test.cpp
#include "daemon/api/operator_change.hpp"

#include <utility>

#include "config/notation/printable.hpp"
#include "storage/alert/audit.hpp"

namespace tapewatch {

void write_audit(storage::Connection& connection, TimePoint now, const std::string& caller, Access role,
                 const Deed& deed) {
  storage::AuditEntry entry;
  entry.at = now;
  entry.who = caller;
  entry.role = std::string(access_name(role));
  entry.action = deed.action;
  entry.target = deed.target;
  entry.detail_json = deed.detail;
  storage::Audit(connection).append(entry);
}

Access role_of(const OperatorDesk& desk, const ApiRequest& http) {
  const auto known = desk.auth ? desk.auth->identify(http) : std::nullopt;
  return known ? known->role : Access::admin;
}

std::shared_ptr<DeferredAnswer> operate(const OperatorDesk& desk, const ApiRequest& http, const Reply& reply,
                                        Operation operation) {
  const auto done = std::make_shared<std::optional<Deed>>();  // of the run that is committed
  const Reply logged(
      [done, reply, log = desk.log, caller = http.caller](ApiResponse response) {
        if (log && response.status < 300 && *done) {
          log->info("{}{}", notation::printable((*done)->line), caller.empty() ? "" : " (token " + caller + ")");
        }
        reply(std::move(response));
      },
      [reply](std::shared_ptr<DeferredAnswer> waiting) { return reply.hold(std::move(waiting)); });
  return change(desk.writer, http, logged,
                [done, caller = http.caller, role = role_of(desk, http), operation = std::move(operation)](
                    storage::Connection& connection, TimePoint now) {
                  Operated result = operation(connection, now);
                  *done = std::move(result.deed);
                  if (*done) write_audit(connection, now, caller, role, **done);
                  return std::move(result.response);
                });
}

}  // namespace tapewatch
