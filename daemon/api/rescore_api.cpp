#include "daemon/api/rescore_api.hpp"

#include <boost/json.hpp>
#include <memory>
#include <utility>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/body_fields.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kRescoreMembers[] = {"from", "to", "entities"};

std::optional<WallTime> bound(WallTime time, WallTime none) {
  return time == none ? std::nullopt : std::optional(time);
}

std::string state_json(const RescoringState& state, const std::string& model) {
  notation::JsonWriter json;
  json.begin_object().field("running", state.running).field("model", model);
  json.field("from", bound(state.query.from, WallTime::min())).field("to", bound(state.query.to, WallTime::max()));
  json.field("entities", state.query.mentions).field("documents", state.documents).field("left", state.left);
  json.field("failure", state.failure.empty() ? std::optional<std::string>() : state.failure);
  return json.end_object().take();
}

ApiResponse start_rescoring(RescoringTask& task, const RescoreApiOptions& options, const ApiRequest& http) {
  if (auto refusal = Parameters(http).problem()) return std::move(*refusal);
  JsonBody given = read_json_body(http, options.max_json_depth);
  if (given.refusal) return std::move(*given.refusal);
  BodyFields body(http, given.object, kRescoreMembers);
  storage::RescoringQuery query{.model = options.model};
  const auto from = body.time("from"), to = body.time("to");
  const bool entities = body.flag("entities");
  if (from && to && *from >= *to) body.error("from", "must be before to");
  if (entities && !options.has_entity_head) {
    body.error("entities", "the present model has no entity head: companies get their document's scores without it");
  }
  if (auto refusal = body.problem()) return std::move(*refusal);
  query.from = from.value_or(query.from);
  query.to = to.value_or(query.to);
  query.mentions = entities || !options.has_entity_head;
  if (!task.start(query)) {
    return problem(problems::kConflict, "history is being scored already: GET /v1/rescore says how far that is",
                   http.request_id);
  }
  return json_response(state_json(task.state(), options.model));
}

}  // namespace

void add_rescore_routes(Router& router, RescoringTask& task, RescoreApiOptions options) {
  const std::size_t most = options.max_body_bytes;
  const auto shared = std::make_shared<const RescoreApiOptions>(std::move(options));
  router.get("/v1/rescore", Access::read, InlineHandler{[&task, shared](const ApiRequest& http) {
               if (auto refusal = Parameters(http).problem()) return std::move(*refusal);
               return json_response(state_json(task.state(), shared->model));
             }});
  router.add(Route{
      "POST", "/v1/rescore", Access::operate,
      QueryHandler{[&task, shared](const ApiRequest& http) { return start_rescoring(task, *shared, http); }}, most});
}

}  // namespace tapewatch
