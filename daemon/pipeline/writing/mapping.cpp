#include "daemon/pipeline/writing/mapping.hpp"

#include <algorithm>
#include <set>

#include "config/notation/json_writer.hpp"
#include "daemon/pipeline/labels.hpp"
#include "daemon/pipeline/metadata_rows.hpp"

namespace tapewatch {
namespace {

std::string published_from(ingest::PublishedFrom from) {
  switch (from) {
    case ingest::PublishedFrom::source:
      return "source";
    case ingest::PublishedFrom::record:
      return "record";
    case ingest::PublishedFrom::received:
      break;
  }
  return "received";
}

}  // namespace

storage::EntityRow to_entity_row(const Scored& record, const ScoredEntity& scored) {
  storage::EntityRow entity;
  entity.id = scored.id;
  entity.name = scored.name;
  entity.start = scored.start;
  entity.end = scored.end;
  entity.label = scored.label;
  entity.risk = scored.risk;
  if (record.prediction) entity.sentiment = storage::to_millionth(record.prediction->score());
  if (!scored.towards) return entity;
  entity.method = "attention";
  entity.sentiment = storage::to_millionth(scored.towards->score());
  entity.probabilities = scored.towards->probabilities;
  return entity;
}

storage::DocumentRow to_document_row(const Scored& record) {
  const auto& document = std::get<ingest::Document>(record.incoming.content);
  storage::DocumentRow row;
  row.source = document.source;
  row.id = document.id;
  row.title = document.title;
  row.body = document.body;
  row.url = document.url;
  row.language = document.language;
  row.published_at = document.published_at;
  row.received_at = document.received_at;
  row.scored_at = record.scored_at;
  row.published_clamped = document.published_clamped;
  row.published_from = published_from(document.published_from);
  row.story_key = record.story_key;
  row.story_signature = ingest::to_bytes(record.story_signature);
  row.model_version = record.model_version;
  row.metadata = to_metadata_rows(document.metadata);
  row.source_revision = document.revision;
  row.explicit_insert = document.action == ingest::Action::insert;
  row.label = record.label;
  row.topic = record.topic;
  row.risk = record.risk;
  if (record.prediction) {
    row.probabilities = record.prediction->sentiment;
    row.topics.assign(record.prediction->topics.begin(), record.prediction->topics.end());
    row.truncated = record.prediction->truncated;
  } else {
    row.unscored_reason = record.unscored_reason;
  }
  for (const auto& entity : record.entities) row.entities.push_back(to_entity_row(record, entity));
  return row;
}

storage::SequenceRow to_sequence_row(const storage::DocumentRow& row, const storage::Inserted& inserted) {
  storage::SequenceRow told;
  told.seq = inserted.seq;
  told.at = std::min(row.published_at, row.received_at);
  told.late = inserted.late;
  told.document_id = std::to_string(inserted.row_id);
  told.source = row.source;
  told.topic = row.topic;
  told.title = row.title;
  told.url = row.url;
  told.model_version = row.model_version;
  told.label = row.label;
  told.story_id = inserted.story_id;
  told.turned = row.turned;
  told.sentiment = row.sentiment();
  told.risk = row.risk;
  if (row.probabilities) told.p_negative = (*row.probabilities)[2];
  told.entities = row.entities;
  return told;
}

EntityTags tags_by_entity(std::span<const ScoredEntity> entities) {
  EntityTags tags;
  for (const auto& entity : entities) tags[entity.id] = entity.tags;
  return tags;
}

EntityTags tags_by_entity(const ingest::EntityFinder& finder) {
  EntityTags tags;
  for (const auto& entity : finder.entities()) tags[entity.id] = entity.tags;
  return tags;
}

alerts::Observation to_observation(const storage::SequenceRow& row, const EntityTags& tags) {
  alerts::Observation seen;
  seen.seq = row.seq;
  seen.at = row.at;
  seen.late = row.late;
  seen.topic = row.topic;
  seen.source = row.source;
  seen.label = to_observed(row.label);
  seen.story_id = row.story_id;
  seen.turned = row.turned;
  seen.sentiment = row.sentiment.value_or(0.0);
  seen.p_negative = row.p_negative;
  seen.risk = to_observed(row.risk);
  seen.title = row.title;
  seen.url = row.url;
  seen.document_id = row.document_id;
  seen.model_version = row.model_version;
  std::set<std::string> all;
  for (const auto& entity : row.entities) {
    const auto known = tags.find(entity.id);
    const std::vector<std::string> own = known == tags.end() ? std::vector<std::string>() : known->second;
    seen.entities.push_back({entity.id, entity.name, to_observed(entity.label), entity.sentiment, own, entity.named_at,
                             to_observed(entity.risk)});
    all.insert(own.begin(), own.end());
  }
  seen.tags.assign(all.begin(), all.end());
  return seen;
}

alerts::Addition to_addition(const storage::SequenceRow& row, const EntityTags& tags) {
  alerts::Addition added{row.seq, to_observation(row, tags)};
  added.document.seq = std::stoll(row.document_id);
  return added;
}

alerts::Retraction to_retraction(std::int64_t seq, const storage::SequenceRow& document,
                                 std::span<const storage::SequenceRow> others, const storage::ScoreView& scores,
                                 const EntityTags& tags) {
  alerts::Retraction gone;
  gone.seq = seq;
  gone.document = to_observation(document, tags);
  for (const auto& other : others) {
    if (!scores.has(other.model_version)) continue;
    gone.others.push_back(to_observation(other, tags));
    gone.others.back().revoked = other.turned_seq && *other.turned_seq < seq;
  }
  return gone;
}

std::vector<alerts::SeriesState> to_series_states(std::vector<storage::DetectorState> states) {
  std::vector<alerts::SeriesState> all;
  all.reserve(states.size());
  for (auto& stored : states) all.push_back({std::move(stored.rule), std::move(stored.key), std::move(stored.blob)});
  return all;
}

storage::AlertRow to_alert_row(const alerts::Transition& transition, const std::string& config_version) {
  storage::AlertRow row;
  row.id = transition.alert_id;
  row.rule = transition.rule;
  row.severity = transition.severity;
  row.state = std::string(alerts::to_string(transition.state));
  row.key_json = alerts::key_json(transition.key);
  row.measure = std::string(alerts::to_string(transition.measure));
  row.started_at = transition.started_at;
  row.updated_at = transition.updated_at;
  row.ended_at = transition.ended_at;
  row.sequence = transition.sequence;
  row.late = transition.late;
  row.type = transition.type;
  row.reason = transition.reason;
  row.runbook_url = transition.runbook_url;
  row.model_version = transition.model_version;
  row.config_version = config_version;
  row.labels_json = notation::to_json(transition.labels);
  row.suppressed_by = transition.suppressed_by;
  // The one-line summary is evidence too: readers of the history show the text that was sent.
  notation::JsonWriter evidence;
  evidence.begin_object().field("summary", transition.summary);
  alerts::append_evidence(evidence, transition.evidence);
  row.evidence_json = evidence.end_object().take();
  return row;
}

storage::DeadLetterContent to_dead_letter(const std::string& source, const DeadLetter& dead) {
  storage::DeadLetterContent letter{source,   dead.pointer, dead.reason,    dead.payload,  dead.position,
                                    dead.key, {},           dead.record_at, dead.tombstone};
  letter.headers.reserve(dead.headers.size());
  for (const auto& header : dead.headers) letter.headers.push_back({header.name, header.value});
  return letter;
}

}  // namespace tapewatch
