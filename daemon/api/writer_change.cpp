// Tested by tests/daemon/api/held_api_test.cpp
#include "daemon/api/writer_change.hpp"

#include <string>
#include <utility>

#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

/// Used when the commit takes longer than the request's deadline.
class NotYet final : public DeferredAnswer {
 public:
  explicit NotYet(std::string request_id) : request_id_(std::move(request_id)) {}
  ApiResponse at_deadline() override {
    return problem(problems::kDeadline, "the change is not committed yet; ask again", request_id_);
  }

 private:
  const std::string request_id_;
};

}  // namespace

std::shared_ptr<DeferredAnswer> change(WriterQueue& writer, const ApiRequest& http, const Reply& reply, Change write) {
  const auto answer = std::make_shared<ApiResponse>();
  Command command;
  command.apply = [answer, write = std::move(write)](storage::Connection& connection, TimePoint now) {
    *answer = write(connection, now);  // called again if the commit failed and is retried
  };
  command.done = [answer, reply, id = http.request_id](bool committed) {
    reply(committed
              ? std::move(*answer)
              : problem(problems::kUnavailable, "nothing was changed: the daemon is stopping or its disk fails", id));
  };
  if (!reply.hold(std::make_shared<NotYet>(http.request_id))) return nullptr;
  if (!writer.push_command(command)) reply(problem(problems::kBusy, "too many changes are waiting", http.request_id));
  return nullptr;
}

}  // namespace tapewatch
