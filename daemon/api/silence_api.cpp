#include "daemon/api/silence_api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>

#include "alerts/notification/silence_options.hpp"
#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/body_fields.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/pipeline/writing/configured_silences.hpp"
#include "storage/alert/silences.hpp"

namespace tapewatch {
namespace {

/// Leaves the object open.
void append_silence(notation::JsonWriter& json, const storage::SilenceRow& row, TimePoint now) {
  json.begin_object().field("id", row.id).field("state", row.state(now)).key("match").begin_object();
  for (const auto& [name, values] : row.match) {
    json.key(name).begin_array();
    for (const std::string& value : values) json.value(value);
    json.end_array();
  }
  json.end_object().field("from", row.from).field("to", row.to).field("by", row.by).field("comment", row.comment);
  json.field("token", row.token.empty() ? std::nullopt : std::optional(row.token)).field("configured", row.configured);
  json.field("created_at", row.created_at).field("ended_at", row.ended_at);
  json.field("ended_by", row.ended_by.empty() ? std::nullopt : std::optional(row.ended_by));
}

std::string silence_json(const storage::SilenceRow& row, TimePoint now) {
  notation::JsonWriter json;
  append_silence(json, row, now);
  return json.end_object().take();
}

/// What was made, with why it may silence nothing.
std::string made_json(const storage::SilenceRow& row, TimePoint now, const std::vector<std::string>& doubts) {
  notation::JsonWriter json;
  append_silence(json, row, now);
  json.key("warnings").begin_array();
  for (const std::string& doubt : doubts) json.value(doubt);
  return json.end_array().end_object().take();
}

Deed silence_deed(const std::string& action, const storage::SilenceRow& row) {
  const char* what = action == "silence.add" ? " is made" : " is ended";
  return {action, row.id, silence_detail(row), silence_in_words(row) + what};
}

ApiResponse list_silences(ReaderPool& readers, const ApiRequest& http) {
  Parameters parameters(http);
  storage::SilenceQuery query;
  query.state = parameters.choice("state", {"pending", "active", "expired"});
  query.now = http.now;
  query.limit = static_cast<std::size_t>(parameters.integer("limit", 1, 1000).value_or(100));
  query.cursor = parameters.text("cursor").value_or("");
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    const auto page = storage::Silences(connection).list(query);
    notation::JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const auto& row : page.items) {
      append_silence(json, row, query.now);
      json.end_object();
    }
    json.end_array().field("next_cursor", page.next_cursor).end_object();
    return json_response(json.take());
  });
}

/// What a body asks for. Without `from` the silence begins when it is stored, until `to` or after `duration`.
struct SilenceRequest {
  alerts::Silence silence;
  bool at_once = false;
  std::optional<std::chrono::milliseconds> duration;
  std::optional<ApiResponse> refusal;
};

SilenceRequest read_silence(const ApiRequest& http) {
  static constexpr std::array<std::string_view, 6> kSilenceMembers = {"match",    "from", "to",
                                                                      "duration", "by",   "comment"};
  SilenceRequest asked;
  JsonBody body = read_json_body(http, 8);
  if (body.refusal) {
    asked.refusal = std::move(body.refusal);
    return asked;
  }
  BodyFields fields(http, body.object, kSilenceMembers);
  alerts::Silence& silence = asked.silence;
  silence.match = fields.text_lists("match");
  silence.by = fields.needed_text("by");
  silence.comment = fields.text("comment").value_or("");
  const auto from = fields.time("from");
  asked.at_once = !from;
  silence.from = from.value_or(http.now);
  const auto to = fields.time("to");
  asked.duration = fields.duration("duration");
  if (fields.has("to") && fields.has("duration")) fields.error("duration", "to is given too; give only one of them");
  if (!fields.has("match")) fields.error("match", "is needed");
  if (!fields.has("to") && !fields.has("duration")) fields.error("to", "is needed, or duration: a silence ends");
  silence.to = to ? *to : silence.from + asked.duration.value_or(std::chrono::hours{1});
  if (!(asked.refusal = fields.problem())) {
    if (const auto wrong = alerts::validate(silence)) fields.error(wrong->member, wrong->what);
    if (silence.to <= http.now) fields.error("to", "is over already: the silence would silence nothing");
    asked.refusal = fields.problem();
  }
  return asked;
}

std::shared_ptr<DeferredAnswer> add_silence(const OperatorDesk& desk, const SilenceDoubts& doubts_of,
                                            const ApiRequest& http, const Reply& reply) {
  if (auto refusal = Parameters(http).problem()) {
    reply(std::move(*refusal));
    return nullptr;
  }
  SilenceRequest asked = read_silence(http);
  if (asked.refusal) {
    reply(std::move(*asked.refusal));
    return nullptr;
  }
  std::vector<std::string> doubts = doubts_of ? doubts_of(asked.silence) : std::vector<std::string>{};
  return operate(desk, http, reply,
                 [asked = std::move(asked), doubts = std::move(doubts), token = http.caller](
                     storage::Connection& connection, TimePoint now) {
                   storage::SilenceRow row = to_silence_row(asked.silence);
                   row.token = token;
                   row.created_at = now;
                   if (asked.at_once) row.from = now;
                   if (asked.duration) row.to = row.from + *asked.duration;
                   row.id = storage::Silences(connection).add(row);
                   Operated done{json_response(made_json(row, now, doubts)), silence_deed("silence.add", row)};
                   if (!doubts.empty()) done.deed->line += fmt::format("; {}", fmt::join(doubts, "; "));
                   done.response.status = 201;
                   done.response.headers.emplace_back("Location", "/v1/silences/" + row.id);
                   return done;
                 });
}

std::shared_ptr<DeferredAnswer> end_silence(const OperatorDesk& desk, const ApiRequest& http, const Reply& reply) {
  if (auto refusal = Parameters(http).problem()) {
    reply(std::move(*refusal));
    return nullptr;
  }
  return operate(
      desk, http, reply,
      [id = std::string(http.path_parameter("id")), token = http.caller, request = http.request_id](
          storage::Connection& connection, TimePoint now) -> Operated {
        storage::Silences silences(connection);
        const auto end = silences.end(id, token, now);
        if (end == storage::SilenceEnd::unknown) {
          return {problem(problems::kNotFound, "no silence has the id " + id, request), {}};
        }
        if (end == storage::SilenceEnd::configured) {
          return {problem(problems::kConflict,
                          "the silence stands in the configuration: take its [[alerts.silence]] out there", request),
                  {}};
        }
        const auto row = *silences.find(id);
        Operated done{json_response(silence_json(row, now)), {}};
        if (end == storage::SilenceEnd::ended) done.deed = silence_deed("silence.end", row);
        return done;
      });
}

}  // namespace

void add_silence_routes(Router& router, ReaderPool& readers, const OperatorDesk& desk, SilenceDoubts doubts) {
  router.get("/v1/silences", Access::operate,
             QueryHandler{[&readers](const ApiRequest& http) { return list_silences(readers, http); }});
  router.add(Route{"POST", "/v1/silences", Access::operate,
                   DeferredHandler{[desk, doubts = std::move(doubts)](const ApiRequest& http, const Reply& reply) {
                     return add_silence(desk, doubts, http, reply);
                   }},
                   kMaxSilenceBytes});
  router.add(Route{
      "DELETE", "/v1/silences/{id}", Access::operate,
      DeferredHandler{[desk](const ApiRequest& http, const Reply& reply) { return end_silence(desk, http, reply); }},
      0});
}

}  // namespace tapewatch
