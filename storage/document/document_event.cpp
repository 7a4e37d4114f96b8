// Tested by tests/storage/document/document_writer_test.cpp
#include "storage/document/document_event.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch::storage {
namespace {

void append_probabilities(notation::JsonWriter& json, const DocumentRow& row) {
  json.key("probabilities");
  if (!row.probabilities) {
    json.null();
    return;
  }
  const auto& p = *row.probabilities;
  json.begin_object().field("positive", p[0]).field("neutral", p[1]).field("negative", p[2]).end_object();
}

void append_entities(notation::JsonWriter& json, const DocumentRow& row) {
  json.key("entities").begin_array();
  for (const auto& entity : row.entities) {
    json.begin_object().field("id", entity.id).field("name", entity.name).key("sentiment");
    if (entity.label == Label::unscored) {
      json.null();
    } else {
      json.value(entity.sentiment);
    }
    json.field("label", to_string(entity.label));
    append_risk(json, entity.risk);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void append_risk(notation::JsonWriter& json, const std::optional<Risk>& risk) {
  json.key("event");
  if (!risk) {
    json.null().key("gravity").null();
    return;
  }
  json.value(risk->event).field("gravity", to_string(risk->gravity));
}

std::string document_event(const DocumentRow& row, const DocumentEventFacts& facts) {
  notation::JsonWriter json;
  json.begin_object().field("id", std::to_string(facts.row_id)).field("seq", facts.seq);
  json.field("revision", facts.revision).field("source", row.source).field("title", row.title);
  json.field("url", row.url).field("language", row.language).field("published_at", facts.published_at);
  json.field("sentiment", row.sentiment()).field("label", to_string(row.label));
  append_risk(json, row.risk);
  append_probabilities(json, row);
  json.key("topic");
  if (row.topic.empty()) {
    json.null();
  } else {
    json.value(row.topic);
  }
  append_entities(json, row);
  json.field("story", std::to_string(facts.story_id)).field("late", facts.late).field("model", row.model_version);
  return json.end_object().take();
}

}  // namespace tapewatch::storage
