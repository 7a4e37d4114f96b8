#include "daemon/api/acknowledgement_api.hpp"

#include <fmt/format.h>

#include <array>

#include "alerts/notification/silence_options.hpp"
#include "config/notation/json_writer.hpp"
#include "daemon/api/format/acknowledgement_json.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/body_fields.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/pipeline/writing/acknowledged_messages.hpp"
#include "storage/alert/alert_event.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/alert/events.hpp"
#include "storage/alert/outbox.hpp"

namespace tapewatch {
namespace {

struct AcknowledgementRequest {
  storage::Acknowledgement said;
  std::optional<ApiResponse> refusal;
};

AcknowledgementRequest read_acknowledgement(const ApiRequest& http) {
  static constexpr std::array<std::string_view, 3> kMembers = {"by", "comment", "verdict"};
  static constexpr std::array<std::string_view, 3> kVerdicts = {"useful", "noise", "duplicate"};
  AcknowledgementRequest asked;
  JsonBody body = read_json_body(http, 4);
  if (body.refusal) {
    asked.refusal = std::move(body.refusal);
    return asked;
  }
  BodyFields fields(http, body.object, kMembers);
  storage::Acknowledgement& said = asked.said;
  said.by = fields.needed_text("by");
  said.comment = fields.text("comment").value_or("");
  said.verdict = fields.choice("verdict", kVerdicts);
  said.token = http.caller;
  if (auto wrong = alerts::note_problem(said.by, alerts::NoteLines::one)) fields.error("by", *wrong);
  if (auto wrong = alerts::note_problem(said.comment, alerts::NoteLines::several)) fields.error("comment", *wrong);
  asked.refusal = fields.problem();
  return asked;
}

Deed acknowledgement_deed(const storage::AlertRow& alert, const storage::Acknowledgement& said) {
  notation::JsonWriter detail;
  detail.begin_object().field("by", said.by).field("comment", said.comment).field("verdict", said.verdict);
  detail.field("rule", alert.rule).field("state", alert.state).end_object();
  return {"alert.acknowledge", alert.id, detail.take(),
          fmt::format("alert {} ({}) is acknowledged by {}{}{}{}", alert.id, alert.rule, said.by,
                      said.verdict ? " as " : "", said.verdict.value_or(""),
                      said.comment.empty() ? "" : fmt::format(" (\"{}\")", said.comment))};
}

/// What an acknowledgement changes. The same once more changes nothing.
Operated acknowledge(storage::Connection& connection, const storage::StoredAlert& alert,
                     const storage::Acknowledgement& said, const AcknowledgementParts& parts) {
  const std::string& id = alert.row.id;
  storage::Acknowledgements acknowledgements(connection);
  const auto answer = [&](std::optional<Deed> deed) {
    notation::JsonWriter json;
    json.begin_object().field("alert", id).key("acknowledgement");
    append_acknowledgement(json, acknowledgements.latest(id));
    return Operated{json_response(json.end_object().take()), std::move(deed)};
  };
  const TimePoint now = said.at;
  const auto added = acknowledgements.add(id, said);
  if (!added) return answer({});
  storage::EventWriter(connection, {}).append("alert", storage::acknowledged_event(alert.row, alert.seq, *added), now);
  storage::Outbox outbox(connection);
  for (const auto& message :
       to_acknowledged_messages(alert.row, *added, parts.webhooks(), acknowledgements.told_of(id), parts.context())) {
    outbox.enqueue(message, now);
  }
  return answer(acknowledgement_deed(alert.row, *added));
}

std::shared_ptr<DeferredAnswer> post_acknowledgement(const AcknowledgementParts& parts, const ApiRequest& http,
                                                     const Reply& reply) {
  auto refusal = Parameters(http).problem();
  AcknowledgementRequest asked;
  if (!refusal) {
    asked = read_acknowledgement(http);
    refusal = std::move(asked.refusal);
  }
  if (refusal) {
    reply(std::move(*refusal));
    return nullptr;
  }
  return operate(parts.desk, http, reply,
                 [parts, said = std::move(asked.said), id = std::string(http.path_parameter("id")),
                  request = http.request_id](storage::Connection& connection, TimePoint now) -> Operated {
                   const auto alert = storage::AlertReader(connection).find(id);
                   if (!alert) return {problem(problems::kNotFound, "no alert has the id " + id, request), {}};
                   storage::Acknowledgement at_now = said;
                   at_now.at = now;
                   return acknowledge(connection, *alert, at_now, parts);
                 });
}

}  // namespace

void add_acknowledgement_routes(Router& router, AcknowledgementParts parts) {
  router.add(Route{"POST", "/v1/alerts/{id}/ack", Access::operate,
                   DeferredHandler{[parts = std::move(parts)](const ApiRequest& http, const Reply& reply) {
                     return post_acknowledgement(parts, http, reply);
                   }},
                   kMaxAcknowledgementBytes});
}

}  // namespace tapewatch
