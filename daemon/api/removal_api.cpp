// Tested by tests/daemon/api/removal_api_test.cpp
#include "daemon/api/removal_api.hpp"

#include <charconv>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

/// Used when the commit takes longer than the request's deadline.
class RemovalPending final : public DeferredAnswer {
 public:
  explicit RemovalPending(std::string request_id) : request_id_(std::move(request_id)) {}
  ApiResponse at_deadline() override {
    return problem(problems::kDeadline, "the removal is not committed yet; safe to send again", request_id_);
  }

 private:
  const std::string request_id_;
};

ApiResponse removal_answer(const std::string& id, const Commit& commit, const std::string& request_id) {
  if (!commit.stored) return problem(problems::kNotFound, "no document has the id " + id, request_id);
  notation::JsonWriter json;
  json.begin_object().field("id", id).field("status", storage::to_string(commit.outcome)).field("seq", commit.seq);
  return json_response(json.end_object().take());
}

std::shared_ptr<DeferredAnswer> delete_document(DocumentIntake& intake, const OperatorDesk& desk,
                                                const ApiRequest& http, const Reply& reply) {
  if (auto refusal = Parameters(http).problem()) {
    reply(std::move(*refusal));
    return nullptr;
  }
  const std::string id(http.path_parameter("id"));
  Removal removal;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), removal.document);
  if (error != std::errc() || end != id.data() + id.size() || removal.document <= 0 || id.front() == '0') {
    reply(problem(problems::kNotFound, "no document has the id " + id, http.request_id));
    return nullptr;
  }
  removal.token = http.caller;
  removal.role = std::string(access_name(role_of(desk, http)));
  std::vector<Submission> submissions(1);
  submissions[0].content = std::move(removal);
  submissions[0].on_commit = [reply, log = desk.log, id, caller = http.caller,
                              request = http.request_id](const Commit& commit) {
    if (log && commit.stored && commit.outcome == storage::Outcome::removed) {
      log->info("document {} is deleted{}", id, caller.empty() ? "" : " (token " + caller + ")");
    }
    reply(removal_answer(id, commit, request));
  };
  if (!reply.hold(std::make_shared<RemovalPending>(http.request_id))) return nullptr;
  if (!intake.submit_all(std::move(submissions))) {
    reply(problem(problems::kBusy, "the queue is full; nothing was removed", http.request_id));
  }
  return nullptr;
}

}  // namespace

void add_removal_routes(Router& router, DocumentIntake& intake, const OperatorDesk& desk) {
  router.add(Route{"DELETE", "/v1/documents/{id}", Access::admin,
                   DeferredHandler{[&intake, desk](const ApiRequest& http, const Reply& reply) {
                     return delete_document(intake, desk, http, reply);
                   }},
                   0});
}

}  // namespace tapewatch
