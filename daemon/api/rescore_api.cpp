#include "daemon/api/rescore_api.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/body_fields.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/server/problem.hpp"
#include "storage/rescored/asked_rescoring.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kRescoreMembers[] = {"from", "to", "entities"};

std::optional<WallTime> bound(WallTime time, WallTime none) {
  return time == none ? std::nullopt : std::optional(time);
}

void append_range(notation::JsonWriter& json, const storage::RescoringQuery& query) {
  json.field("from", bound(query.from, WallTime::min())).field("to", bound(query.to, WallTime::max()));
  json.field("entities", query.mentions);
}

std::string state_json(const RescoringState& state, const std::string& model) {
  notation::JsonWriter json;
  json.begin_object().field("running", state.running).field("model", model);
  append_range(json, state.query);
  const auto known = [&](std::int64_t count) {
    return state.counted || !state.running ? std::optional(count) : std::nullopt;
  };
  json.field("documents", known(state.documents)).field("left", known(state.left));
  json.field("failure", state.failure.empty() ? std::optional<std::string>() : state.failure);
  return json.end_object().take();
}

struct AskedRescoring {
  std::optional<ApiResponse> refusal;
  storage::RescoringQuery query;
};

AskedRescoring read_rescoring(const RescoreApiOptions& options, const ApiRequest& http) {
  AskedRescoring asked;
  if ((asked.refusal = Parameters(http).problem())) return asked;
  JsonBody given = read_json_body(http, options.max_json_depth);
  if ((asked.refusal = std::move(given.refusal))) return asked;
  BodyFields body(http, given.object, kRescoreMembers);
  const auto from = body.time("from"), to = body.time("to");
  const bool entities = body.flag("entities");
  if (from && to && *from >= *to) body.error("from", "must be before to");
  if (entities && !options.has_entity_head) {
    body.error("entities", "the present model has no entity head: companies get their document's scores without it");
  }
  asked.refusal = body.problem();
  asked.query.model = options.model;
  asked.query.from = from.value_or(asked.query.from);
  asked.query.to = to.value_or(asked.query.to);
  asked.query.mentions = entities || !options.has_entity_head;
  return asked;
}

Deed rescore_deed(const storage::RescoringQuery& query) {
  Deed deed{.action = "history.rescore", .target = query.model};
  notation::JsonWriter json;
  append_range(json.begin_object(), query);
  deed.detail = json.end_object().take();
  deed.line = fmt::format("stored history is to be scored by {}: {}", query.model, deed.detail);
  return deed;
}

/// The task begins once what is asked for is committed, so that a start of the daemon after that goes on with it.
std::shared_ptr<DeferredAnswer> start_rescoring(RescoringTask& task, const OperatorDesk& desk,
                                                const RescoreApiOptions& options, const ApiRequest& http,
                                                const Reply& reply) {
  AskedRescoring asked = read_rescoring(options, http);
  if (asked.refusal) {
    reply(std::move(*asked.refusal));
    return nullptr;
  }
  if (!task.reserve(asked.query)) {
    reply(problem(problems::kConflict, "history is being scored already: GET /v1/rescore says how far that is",
                  http.request_id));
    return nullptr;
  }
  const Reply ending(
      [&task, reply](ApiResponse response) {
        if (response.status == 200) {
          task.begin();
        } else {
          task.release();
        }
        reply(std::move(response));
      },
      [&task, reply](std::shared_ptr<DeferredAnswer> waiting) {
        const bool in_time = reply.hold(std::move(waiting));
        if (!in_time) task.release();
        return in_time;
      });
  return operate(desk, http, ending,
                 [query = asked.query, answer = state_json(task.state(), options.model)](
                     storage::Connection& connection, TimePoint) {
                   storage::keep_rescoring(connection, query);
                   return Operated{json_response(answer), rescore_deed(query)};
                 });
}

/// Of the one that runs, and of one that failed and would go on at the next start of the daemon.
std::shared_ptr<DeferredAnswer> end_rescoring(RescoringTask& task, const OperatorDesk& desk, const std::string& model,
                                              const ApiRequest& http, const Reply& reply) {
  if (auto refusal = Parameters(http).problem()) {
    reply(std::move(*refusal));
    return nullptr;
  }
  const Reply ending(
      [&task, reply](ApiResponse response) {
        if (response.status == 200) task.cancel();
        reply(std::move(response));
      },
      [reply](std::shared_ptr<DeferredAnswer> waiting) { return reply.hold(std::move(waiting)); });
  return operate(desk, http, ending,
                 [model, id = http.request_id, answer = state_json(task.state(), model)](
                     storage::Connection& connection, TimePoint) {
                   if (!storage::asked_rescoring(connection)) {
                     return Operated{problem(problems::kConflict, "no rescoring of history is asked for", id), {}};
                   }
                   storage::forget_rescoring(connection);
                   return Operated{json_response(answer),
                                   Deed{.action = "history.rescore.end",
                                        .target = model,
                                        .line = "the rescoring of stored history is to end; what is done stays"}};
                 });
}

}  // namespace

void add_rescore_routes(Router& router, RescoringTask& task, const OperatorDesk& desk, RescoreApiOptions options) {
  const std::size_t most = options.max_body_bytes;
  const auto shared = std::make_shared<const RescoreApiOptions>(std::move(options));
  router.get("/v1/rescore", Access::read, InlineHandler{[&task, shared](const ApiRequest& http) {
               if (auto refusal = Parameters(http).problem()) return std::move(*refusal);
               return json_response(state_json(task.state(), shared->model));
             }});
  router.add(Route{"POST", "/v1/rescore", Access::operate,
                   DeferredHandler{[&task, desk, shared](const ApiRequest& http, const Reply& reply) {
                     return start_rescoring(task, desk, *shared, http, reply);
                   }},
                   most});
  router.add(Route{"DELETE", "/v1/rescore", Access::operate,
                   DeferredHandler{[&task, desk, shared](const ApiRequest& http, const Reply& reply) {
                     return end_rescoring(task, desk, shared->model, http, reply);
                   }}});
}

}  // namespace tapewatch
