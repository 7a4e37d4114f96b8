#include "daemon/api/reload_api.hpp"

#include <utility>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/reload/reload_audit.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

/// Used when the reload takes longer than the request's deadline.
class StillRunning final : public DeferredAnswer {
 public:
  explicit StillRunning(std::string request_id) : request_id_(std::move(request_id)) {}
  ApiResponse at_deadline() override {
    return problem(problems::kDeadline,
                   "the reload goes on: rules learn from the stored history. The log tells how it ends, and so does "
                   "the metric tapewatch_config_last_reload_successful",
                   request_id_);
  }

 private:
  const std::string request_id_;
};

ApiResponse refusal(const ReloadResult& result, const std::string& request_id) {
  std::vector<FieldError> errors;
  errors.reserve(result.errors.size());
  for (const auto& error : result.errors) {
    errors.push_back({FieldError::In::place, error_place(error), error.message});
  }
  return problem(problems::kConfiguration, "nothing has changed; every error is listed", request_id, errors);
}

ApiResponse answer(const ReloadResult& result, const std::string& request_id) {
  switch (result.outcome) {
    case ReloadResult::Outcome::refused:
      return refusal(result, request_id);
    case ReloadResult::Outcome::failed:
      return problem(problems::kUnavailable, "nothing has changed: " + result.failure, request_id);
    case ReloadResult::Outcome::stopping:
      return problem(problems::kUnavailable, "nothing has changed: the daemon is stopping", request_id);
    case ReloadResult::Outcome::changed:
    case ReloadResult::Outcome::unchanged:
      break;
  }
  const bool changed = result.outcome == ReloadResult::Outcome::changed;
  notation::JsonWriter json;
  json.begin_object().field("changed", changed).field("config_version", result.version).key("previous_version");
  if (changed) {
    json.value(result.previous);
  } else {
    json.null();
  }
  json.key("changes").begin_array();
  for (const auto& change : result.changes) json.value(change);
  json.end_array().key("warnings").begin_array();
  for (const auto& warning : result.warnings) json.value(warning);
  json.end_array().end_object();
  return json_response(json.take());
}

std::shared_ptr<DeferredAnswer> start(const RequestReload& reload, const OperatorDesk& desk, const ApiRequest& http,
                                      const Reply& reply) {
  if (auto wrong = Parameters(http).problem()) {
    reply(std::move(*wrong));
    return nullptr;
  }
  if (!reply.hold(std::make_shared<StillRunning>(http.request_id))) return nullptr;
  const ReloadCaller caller{http.caller, std::string(access_name(role_of(desk, http)))};
  const bool started =
      reload(caller, [reply, id = http.request_id](const ReloadResult& result) { reply(answer(result, id)); });
  if (!started) reply(problem(problems::kReloading, "ask again once it has ended", http.request_id));
  return nullptr;
}

}  // namespace

void add_reload_route(Router& router, RequestReload reload, const OperatorDesk& desk) {
  router.add(Route{"POST", "/v1/reload", Access::operate,
                   DeferredHandler{[reload = std::move(reload), desk](const ApiRequest& http, Reply reply) {
                     return start(reload, desk, http, reply);
                   }},
                   0});
}

}  // namespace tapewatch
