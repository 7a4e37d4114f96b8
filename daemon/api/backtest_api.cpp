#include "daemon/api/backtest_api.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <span>

#include "config/former_topics.hpp"
#include "config/notation/json_writer.hpp"
#include "config/schema/rule.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/replay_parts.hpp"
#include "daemon/api/request/json_body.hpp"
#include "daemon/api/request/json_node.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/api/request/time_words.hpp"
#include "daemon/api/request/topic_check.hpp"
#include "daemon/pipeline/backtest/backtest.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

constexpr std::string_view kMembers[] = {"rule", "from", "to"};

/// The request as far as it can be read, with everything that is wrong with it.
struct BacktestBody {
  alerts::RuleOptions rule;
  WallTime from{}, to{};
  std::vector<FieldError> errors, not_built;
  std::vector<std::string> topics_asked;  // as the caller names them
};

using Calendars = std::span<const alerts::CalendarEntry>;

void read_rule(const json::object& object, const config::KnownIds& known, Calendars calendars, BacktestBody& body) {
  const json::value* given = object.if_contains("rule");
  if (!given) {
    body.errors.push_back({FieldError::In::pointer, "", "'rule' is missing"});
    return;
  }
  JsonNode converted = to_config_node(*given, "/rule");
  body.errors.insert(body.errors.end(), converted.errors.begin(), converted.errors.end());
  if (!converted.errors.empty()) return;  // a null would be told a second time
  auto read = config::read_rule(converted.node, "rule", calendars);
  const auto add = [&](const std::vector<config::ConfigError>& wrong, std::vector<FieldError>& errors) {
    for (const auto& error : wrong) {
      errors.push_back({FieldError::In::pointer, converted.pointer_at(error.line), error.message});
    }
  };
  add(read.errors, body.errors);
  add(config::check_references(read.references, known), body.errors);
  add(read.not_built, body.not_built);
  if (const auto problem = config::topic_problem(read.rule, !known.topics.empty())) {
    body.errors.push_back({FieldError::In::pointer, "/rule/group_by", *problem});
  }
  if (const auto problem = config::gravity_problem(read.rule, !known.events.empty())) {
    body.errors.push_back({FieldError::In::pointer, "/rule/min_gravity", *problem});
  }
  if (known.events.empty()) alerts::without_risk_events(read.rule);
  body.topics_asked = read.rule.where.topic;
  config::rename_topics(read.rule, known.former_topics);
  body.rule = std::move(read.rule);
}

std::optional<WallTime> read_time(const json::object& object, std::string_view name, const ApiRequest& http,
                                  BacktestBody& body) {
  const json::value* given = object.if_contains(json::string_view(name.data(), name.size()));
  if (!given) return std::nullopt;
  const json::string* text = given->if_string();
  const auto at = text ? parse_time_text({text->data(), text->size()}, http.now) : std::nullopt;
  if (!at) body.errors.push_back({FieldError::In::pointer, json_pointer("", name), std::string(kTimeWords)});
  return at;
}

BacktestBody read_body(const json::object& object, const config::KnownIds& known, Calendars calendars,
                       const ApiRequest& http) {
  BacktestBody body;
  if (const auto unknown = unknown_member(object, kMembers)) body.errors.push_back(*unknown);
  read_rule(object, known, calendars, body);
  if (!object.contains("from")) body.errors.push_back({FieldError::In::pointer, "", "'from' is missing"});
  const auto from = read_time(object, "from", http, body), to = read_time(object, "to", http, body);
  body.from = from.value_or(http.now);
  body.to = to.value_or(http.now);
  const bool both = from && (to || !object.contains("to"));
  if (both && body.from >= body.to) body.errors.push_back({FieldError::In::pointer, "/from", "must be before to"});
  return body;
}

ApiResponse refuse(const ApiRequest& http, const ProblemKind& kind, const std::vector<FieldError>& errors) {
  const FieldError& first = errors.front();
  return problem(kind, first.name.empty() ? first.detail : first.name + ": " + first.detail, http.request_id, errors);
}

void append_rate(notation::JsonWriter& out, std::string_view name, std::optional<double> rate) {
  out.key(name);
  if (rate) {
    out.rounded(*rate, 4);
  } else {
    out.null();
  }
}

std::string answer_json(const BacktestResult& result, const alerts::RuleOptions& rule,
                        const BacktestApiOptions& options) {
  using Weeks = std::chrono::duration<double, std::chrono::weeks::period>;
  const auto span = result.to - result.from;
  notation::JsonWriter out;
  out.begin_object().field("rule", rule.name).field("from", result.from).field("to", result.to);
  out.field("model", options.detector.model_version);
  out.field("documents", result.documents).field("skipped", result.skipped).field("series", result.series);
  out.key("weeks").rounded(Weeks(span).count(), 6);
  out.field("alert_count", result.alerts.size()).key("alerts").begin_array();
  for (std::size_t i = 0; i < std::min(result.alerts.size(), options.max_alerts); ++i) {
    out.begin_object();
    append_fired_alert(out, result.alerts[i]);
    out.end_object();
  }
  out.end_array();
  append_rate(out, "per_week", per_week(result.alerts.size(), span));
  append_rate(out, "budget_per_week", rule.false_alarms.count * (std::chrono::weeks{1} / Weeks(rule.false_alarms.per)));
  return out.end_object().take();
}

class BacktestApi {
 public:
  BacktestApi(ReaderPool& readers, std::function<config::KnownIds()> known, ScorerFactory::PresentFinder finder,
              BacktestApiOptions options)
      : readers_(readers), known_(std::move(known)), finder_(std::move(finder)), options_(std::move(options)) {}

  ApiResponse run(const ApiRequest& http) {
    if (auto refusal = Parameters(http).problem()) return std::move(*refusal);
    JsonBody given = read_json_body(http, options_.max_json_depth);
    if (given.refusal) return std::move(*given.refusal);
    const auto calendars = options_.calendars ? options_.calendars() : std::vector<alerts::CalendarEntry>();
    const config::KnownIds known = known_();
    const BacktestBody body = read_body(given.object, known, calendars, http);
    if (!body.errors.empty()) return refuse(http, problems::kInvalidBody, body.errors);
    if (!body.not_built.empty()) return refuse(http, problems::kNotBuilt, body.not_built);
    const ReplayTurn turn(running_);
    if (!turn.taken()) return problem(problems::kBusy, "another backtest is running", http.request_id);
    return readers_.answer(http, [&](storage::Connection& connection) {
      ApiResponse response = judge(connection, body, http);
      warn_of_former_topics(body.topics_asked, known.former_topics, response);
      return response;
    });
  }

 private:
  ApiResponse judge(storage::Connection& connection, const BacktestBody& body, const ApiRequest& http) const {
    const auto finder = finder_();
    const EntityTags tags = finder ? tags_by_entity(*finder) : EntityTags{};
    const auto result = run_backtest(connection, {body.rule, body.from, body.to, options_.detector, tags},
                                     [&] { return http.is_over(); });
    if (result) return json_response(answer_json(*result, body.rule, options_));
    if (http.stopping && *http.stopping) return problem(problems::kBusy, "the server is stopping", http.request_id);
    return problem(problems::kDeadline,
                   "the backtest took too long: it reads the range and the history that the rule learns from; raise "
                   "daemon.request_deadline or use tapewatch replay",
                   http.request_id);
  }

  ReaderPool& readers_;
  const std::function<config::KnownIds()> known_;
  const ScorerFactory::PresentFinder finder_;
  const BacktestApiOptions options_;
  std::atomic<bool> running_{false};
};

}  // namespace

void add_backtest_routes(Router& router, ReaderPool& readers, std::function<config::KnownIds()> known,
                         ScorerFactory::PresentFinder finder, BacktestApiOptions options) {
  const std::size_t max_body = options.max_body_bytes;
  const auto api = std::make_shared<BacktestApi>(readers, std::move(known), std::move(finder), std::move(options));
  QueryHandler handler{[api](const ApiRequest& http) { return api->run(http); }};
  router.add(Route{"POST", "/v1/backtest", Access::operate, std::move(handler), max_body});
}

}  // namespace tapewatch
