#include "daemon/api/advice_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/pipeline/backtest/advice.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kLostListed = 100;
constexpr std::chrono::days kAdviceSpan{365};

void write_tried(notation::JsonWriter& json, const TriedResult& result, const TriedResult& present) {
  json.begin_object().key("budget").begin_object().key("count").rounded(result.setting.budget.count, 6);
  json.field("period", notation::format_duration(result.setting.budget.per)).end_object();
  json.field("min_stories", result.setting.min_stories).field("present", result.setting.present);
  json.field("alerts", result.alerts).field("useful_kept", result.useful_kept);
  json.field("noise_kept", result.noise_kept);
  json.field("noise_fewer",
             static_cast<std::int64_t>(present.noise_kept) - static_cast<std::int64_t>(result.noise_kept));
  json.field("lost_count", result.lost.size()).key("lost").begin_array();
  for (std::size_t i = 0; i < std::min(kLostListed, result.lost.size()); ++i) json.value(result.lost[i]);
  json.end_array().field("gained", result.gained).end_object();
}

std::string advice_json(const std::string& rule, const Advice& advice, std::chrono::milliseconds took) {
  notation::JsonWriter json;
  json.begin_object().field("rule", rule).field("from", advice.from).field("to", advice.to);
  json.field("summary", advice.summary).key("warnings").begin_array();
  for (const std::string& warning : advice.warnings) json.value(warning);
  json.end_array().key("verdicts").begin_object().field("useful", advice.useful).field("noise", advice.noise);
  json.field("duplicate", advice.duplicate).field("unjudged", advice.unjudged);
  json.field("vanished", advice.vanished).end_object().key("advised");
  if (advice.advised) {
    write_tried(json, advice.tried[*advice.advised], advice.tried.front());
  } else {
    json.null();
  }
  json.key("tried").begin_array();
  for (const TriedResult& result : advice.tried) write_tried(json, result, advice.tried.front());
  json.end_array().field("documents", advice.documents).field("skipped", advice.skipped);
  return json.field("milliseconds", took.count()).end_object().take();
}

class AdviceApi {
 public:
  explicit AdviceApi(ReplayParts parts) : parts_(std::move(parts)) {}

  ApiResponse answer(const ApiRequest& http) {
    Parameters parameters(http);
    const WallTime from = parameters.time("from").value_or(http.now - kAdviceSpan);
    const WallTime to = parameters.time("to").value_or(http.now);
    if (from >= to) parameters.error("from", "must be before to");
    if (auto refusal = parameters.problem()) return std::move(*refusal);
    const std::string name(http.path_parameter("name"));
    const auto rules = parts_.rules();
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& one) { return one.name == name; });
    if (rule == rules.end()) return problem(problems::kNotFound, "no rule has the name " + name, http.request_id);
    const ReplayTurn turn(running_);
    if (!turn.taken()) return problem(problems::kBusy, "other advice is being worked out", http.request_id);
    return parts_.readers.answer(http, [&](storage::Connection& connection) {
      const auto finder = parts_.finder();
      const EntityTags tags = finder ? tags_by_entity(*finder) : EntityTags{};
      return work_out(connection, {*rule, from, to, parts_.detector, tags}, http);
    });
  }

 private:
  static ApiResponse work_out(storage::Connection& connection, const AdviceQuery& query, const ApiRequest& http) {
    const auto began = std::chrono::steady_clock::now();
    double reached = 0.0;
    const auto advice = advise(connection, query, [&](double done) {
      reached = done;
      return http.is_over();
    });
    if (advice) {
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
      return json_response(advice_json(query.rule.name, *advice, took));
    }
    if (http.stopping && *http.stopping) return problem(problems::kBusy, "the server is stopping", http.request_id);
    return problem(problems::kDeadline,
                   fmt::format("the advice took too long: {:.0f} % of the replays were done. Each setting replays the "
                               "judged alerts' time and the history that the rule learns from: raise "
                               "daemon.request_deadline, or ask for less with from",
                               100.0 * reached),
                   http.request_id);
  }

  const ReplayParts parts_;
  std::atomic<bool> running_{false};
};

}  // namespace

void add_advice_route(Router& router, ReplayParts parts) {
  const auto api = std::make_shared<AdviceApi>(std::move(parts));
  router.get("/v1/rules/{name}/advice", Access::operate,
             QueryHandler{[api](const ApiRequest& http) { return api->answer(http); }});
}

}  // namespace tapewatch
