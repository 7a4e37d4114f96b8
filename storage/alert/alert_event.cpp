// Tested by tests/storage/alert/acknowledgements_test.cpp
#include "storage/alert/alert_event.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch::storage {

namespace {

void append_event(notation::JsonWriter& json, const AlertRow& row, std::int64_t seq, std::string_view type) {
  json.field("id", row.id).field("sequence", row.sequence).field("seq", seq).field("type", type);
  json.field("state", row.state).field("rule", row.rule).field("severity", row.severity).key("key").raw(row.key_json);
  json.field("measure", row.measure).key("labels").raw(row.labels_json);
  json.field("started_at", row.started_at).field("updated_at", row.updated_at).field("ended_at", row.ended_at);
  json.field("late", row.late).field("reason", row.reason).key("suppressed_by");
  if (row.suppressed_by.empty()) {
    json.null();
  } else {
    json.value(row.suppressed_by);
  }
  json.key("evidence").raw(row.evidence_json);
}

}  // namespace

std::string alert_event(const AlertRow& row, std::int64_t seq) {
  notation::JsonWriter json;
  json.begin_object();
  append_event(json, row, seq, row.type);
  return json.end_object().take();
}

std::string acknowledged_event(const AlertRow& row, std::int64_t seq, const Acknowledgement& said) {
  notation::JsonWriter json;
  json.begin_object();
  append_event(json, row, seq, "alert.acknowledged");
  json.key("acknowledgement").begin_object().field("at", said.at).field("by", said.by);
  json.field("comment", said.comment).field("verdict", said.verdict).end_object();
  return json.end_object().take();
}

}  // namespace tapewatch::storage
