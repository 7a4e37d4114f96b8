// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/format/document_json.hpp"

#include "storage/document/document_event.hpp"
#include "storage/document/metadata_table.hpp"

namespace tapewatch {
namespace {

void append_probabilities(notation::JsonWriter& json, const std::array<float, 3>& probabilities) {
  json.begin_object();
  for (std::size_t i = 0; i < probabilities.size(); ++i) json.field(model::kSentimentNames[i], probabilities[i]);
  json.end_object();
}

void append_entities(notation::JsonWriter& json, const storage::DocumentRow& row) {
  json.key("entities").begin_array();
  for (const storage::EntityRow& entity : row.entities) {
    json.begin_object().field("id", entity.id).field("name", entity.name).key("sentiment");
    if (row.probabilities && entity.label != storage::Label::unscored) {
      json.value(entity.sentiment);
    } else {
      json.null();
    }
    json.field("label", storage::to_string(entity.label));
    storage::append_risk(json, entity.risk);
    if (entity.probabilities) append_probabilities(json.key("probabilities"), *entity.probabilities);
    json.field("entity_method", entity.method);
    json.field("start", entity.start).field("end", entity.end).end_object();
  }
  json.end_array();
}

void append_topics(notation::JsonWriter& json, const storage::DocumentRow& row, const ModelNames& model) {
  json.key("topics");
  const bool ours = row.model_version == model.version && row.topics.size() == model.topics.size();
  if (!ours || row.topics.empty()) {
    json.null();
    return;
  }
  json.begin_object();
  for (std::size_t i = 0; i < row.topics.size(); ++i) json.field(model.topics[i], row.topics[i]);
  json.end_object();
}

void append_novelty(notation::JsonWriter& json, const std::optional<storage::Novelty>& novelty) {
  json.key("novelty");
  if (!novelty) {
    json.null();
    return;
  }
  json.begin_object().field("report", novelty->report).field("first_at", novelty->first_at);
  json.field("first_source", novelty->first_source).end_object();
}

}  // namespace

std::string_view change_of(const storage::StoredDocument& document) {
  if (document.removed_seq) return "removal";
  return document.revision > 1 ? "revision" : "insert";
}

void append_score(notation::JsonWriter& json, const storage::DocumentRow& row, const ModelNames& model, bool topics) {
  json.field("sentiment", row.sentiment()).field("label", storage::to_string(row.label));
  if (!row.unscored_reason.empty()) json.field("unscored_reason", row.unscored_reason);
  json.key("probabilities");
  if (row.probabilities) {
    append_probabilities(json, *row.probabilities);
  } else {
    json.null();
  }
  json.key("topic");
  if (row.topic.empty()) {
    json.null();
  } else {
    json.value(row.topic);
  }
  if (topics) append_topics(json, row, model);
  storage::append_risk(json, row.risk);
  json.field("language", row.language).field("truncated", row.truncated);
  append_entities(json, row);
}

void append_document(notation::JsonWriter& json, const storage::StoredDocument& document, const ModelNames& model,
                     Detail detail) {
  const storage::DocumentRow& row = document.row;
  json.begin_object().field("id", document.public_id).field("source", row.source).field("source_id", row.id);
  json.field("title", row.title);
  if (detail == Detail::full) json.field("body", row.body);
  json.field("url", row.url);
  append_score(json, row, model, detail == Detail::full);
  json.field("model", row.model_version);
  json.field("published_at", row.published_at).field("received_at", row.received_at);
  json.field("scored_at", row.scored_at).field("stored_at", document.stored_at);
  json.field("revised_at", document.revised_at).field("at", document.at);
  json.field("published_from", row.published_from).field("published_clamped", row.published_clamped);
  json.field("backfilled", document.backfilled);
  json.field("late", document.late).field("seq", document.seq).field("first_seq", document.first_seq);
  json.field("revision", document.revision).field("source_revision", row.source_revision.value_or(0));
  json.field("change", change_of(document));
  if (document.removed_at) json.field("removed_at", *document.removed_at);
  if (document.counted) json.field("counted", true);
  storage::append_metadata(json.key("meta"), row.metadata);
  json.field("story", std::to_string(document.story_id)).field("story_documents", document.story_documents);
  append_novelty(json, document.novelty);
  if (detail == Detail::list) json.end_object();  // full: the caller adds the revisions and closes
}

}  // namespace tapewatch
