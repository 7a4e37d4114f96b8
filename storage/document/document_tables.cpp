// Tested by tests/storage/document/document_writer_test.cpp
#include "storage/document/document_tables.hpp"

#include <algorithm>
#include <stdexcept>

#include "storage/document/metadata_table.hpp"
#include "storage/document/topic_probabilities.hpp"
#include "storage/sentiment/rollup.hpp"
#include "storage/text/text_index.hpp"

namespace tapewatch::storage {

namespace {

std::optional<double> probability(const DocumentRow& row, std::size_t i) {
  return row.probabilities ? std::optional<double>((*row.probabilities)[i]) : std::nullopt;
}

std::int64_t number(Label label) { return static_cast<std::int64_t>(label); }

}  // namespace

DocumentTables::DocumentTables(Connection& connection)
    : connection_(connection),
      topics_(connection, "topic"),
      sources_(connection, "source"),
      entities_(connection, "entity"),
      models_(connection, "model"),
      events_(connection, "risk_event") {}

ScoredRow DocumentTables::scores(const DocumentRow& row) {
  ScoredRow scores;
  scores.label = row.label;
  if (row.probabilities && scores.label != Label::unscored) {
    scores.micro = to_micro(*row.sentiment());
  } else if (scores.label != Label::unscored) {
    throw std::invalid_argument("the document is labelled " + std::string(to_string(row.label)) +
                                " and has no probabilities");
  }
  require_valid(row.risk);
  for (const auto& entity : row.entities) {
    require_valid(entity.risk);
    const bool twice = std::any_of(scores.entities.begin(), scores.entities.end(),
                                   [&](const auto& known) { return known.row->id == entity.id; });
    if (twice) continue;
    std::optional<std::int64_t> micro;
    if (entity.label != Label::unscored) micro = to_micro(entity.sentiment);
    scores.entities.push_back({&entity, 0, entity.label, micro, {}});
  }
  // Keys come last: they may write, and an invalid row must write nothing.
  scores.topic = topics_.key(row.topic);
  scores.model = models_.key(row.model_version);
  scores.risk = risk_columns(events_, row.risk);
  for (auto& entity : scores.entities) {
    entity.key = entities_.key(entity.row->id);
    entity.risk = risk_columns(events_, entity.row->risk);
  }
  return scores;
}

std::optional<KnownDocument> DocumentTables::find(std::int64_t source, std::string_view external_id) {
  auto find = connection_.prepare(
      "SELECT id, seq, revision, source_revision, story, topic, at, published_at, label, sentiment, title, body, "
      "model "
      "FROM document WHERE source = ? AND external_id = ? AND coalesce(removed, 0) = 0");
  if (find.bind(1, source).bind(2, external_id).step()) {
    KnownDocument known;
    known.id = find.integer(0);
    known.seq = find.integer(1);
    known.revision = find.integer(2);
    known.source_revision = find.integer(3);
    known.source = source;
    known.story = find.integer(4);
    known.topic = find.integer(5);
    known.at = find.time(6);
    known.published_at = find.time(7);
    known.label = static_cast<Label>(find.integer(8));
    known.micro = find.optional_integer(9);
    known.title = find.text(10);
    known.body = find.text(11);
    known.model = find.integer(12);
    return known;
  }
  auto remembered = connection_.prepare("SELECT document, at FROM remembered WHERE source = ? AND external_id = ?");
  if (!remembered.bind(1, source).bind(2, external_id).step()) return std::nullopt;
  KnownDocument known;
  known.remembered_only = true;
  known.id = known.seq = remembered.integer(0);
  known.at = remembered.time(1);
  return known;
}

std::optional<KnownRemoval> DocumentTables::last_removal(std::int64_t source, std::string_view external_id) {
  auto read = connection_.prepare(
      "SELECT seq, source_revision, document FROM removal WHERE source = ? AND external_id = ? ORDER BY seq DESC LIMIT "
      "1");
  if (!read.bind(1, source).bind(2, external_id).step()) return std::nullopt;
  return KnownRemoval{read.integer(0), read.optional_integer(1), read.optional_integer(2)};
}

void DocumentTables::remove(const KnownDocument& known, std::int64_t seq) {
  connection_.prepare("UPDATE document SET revised_seq = seq, removed = ?2, seq = ?2 WHERE id = ?1")
      .bind_all(known.id, seq)
      .run();
}

std::int64_t DocumentTables::rollup_minute(TimePoint at) { return storage::rollup_minute(connection_, at); }

void DocumentTables::insert(const DocumentRow& row, const DocumentPlace& place, const ScoredRow& scores) {
  auto insert = connection_.prepare(
      "INSERT INTO document (id, source, external_id, seq, revision, source_revision, at, published_at, received_at, "
      "scored_at, stored_at, published_from, published_clamped, late, title, body, url, language, story, topic, label, "
      "sentiment, positive, neutral, negative, topics, unscored_reason, model, truncated, vote_topic, vote_label, "
      "vote_sentiment, turned, event, gravity, vote_event, vote_gravity) VALUES (?1, ?2, ?3, ?1, 1, ?4, "
      "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, "
      "?18, ?19, ?20, ?28, ?29, ?30, ?29, ?30)");
  insert.bind_all(place.id, place.source, row.id, row.source_revision.value_or(0), place.at, row.published_at,
                  row.received_at, row.scored_at, place.stored_at, row.published_from, row.published_clamped,
                  place.late, row.title, row.body, row.url, row.language, place.story, scores.topic,
                  number(scores.label), scores.micro, probability(row, 0), probability(row, 1), probability(row, 2));
  const auto topics = to_bytes(row.topics);
  insert.bind_blob(24, topics)
      .bind(25, row.unscored_reason)
      .bind(26, scores.model)
      .bind(27, row.truncated)
      .bind(28, row.turned)
      .bind(29, scores.risk.event)
      .bind(30, scores.risk.gravity);
  insert.run();
  add_to_index(connection_, place.id, row.title, row.body);
  if (!row.metadata.empty()) MetadataTable(connection_).replace(place.id, row.metadata);
}

void DocumentTables::keep_mentions(const KnownDocument& known) {
  connection_
      .prepare(
          "INSERT INTO document_entity_revision (document, revision, entity, label, sentiment) SELECT document, ?2, "
          "entity, label, sentiment FROM document_entity WHERE document = ?1 AND label IS NOT NULL")
      .bind_all(known.id, known.revision)
      .run();
}

void DocumentTables::revise(const DocumentRow& row, const KnownDocument& known, std::int64_t seq, TimePoint stored_at,
                            const ScoredRow& scores) {
  connection_
      .prepare(
          "INSERT INTO document_revision (document, revision, seq, stored_at, published_at, title, body, topic, label, "
          "sentiment, model, mentions) SELECT id, revision, seq, coalesce(revised_at, stored_at), published_at, title, "
          "body, topic, label, sentiment, model, (SELECT count(*) FROM document_entity_revision x WHERE x.document = "
          "id "
          "AND x.revision = document.revision) FROM document WHERE id = ?")
      .bind(1, known.id)
      .run();
  remove_from_index(connection_, known.id, known.title, known.body);
  add_to_index(connection_, known.id, row.title, row.body);
  auto update = connection_.prepare(
      "UPDATE document SET seq = ?2, revision = revision + 1, source_revision = ?3, scored_at = ?4, revised_at = ?5, "
      "title = ?6, body = ?7, url = ?8, language = ?9, topic = ?10, label = ?11, sentiment = ?12, positive = ?13, "
      "neutral = ?14, negative = ?15, unscored_reason = ?16, vote_model = coalesce(vote_model, model), vote_negative = "
      "coalesce(vote_negative, negative), model = ?17, "
      "truncated = ?18, topics = ?19, event = ?20, gravity = ?21 WHERE id = ?1");
  update.bind_all(known.id, seq, row.source_revision.value_or(known.source_revision), row.scored_at, stored_at,
                  row.title, row.body, row.url, row.language, scores.topic, number(scores.label), scores.micro,
                  probability(row, 0), probability(row, 1), probability(row, 2), row.unscored_reason, scores.model,
                  row.truncated);
  const auto topics = to_bytes(row.topics);
  update.bind_blob(19, topics).bind(20, scores.risk.event).bind(21, scores.risk.gravity).run();
  MetadataTable(connection_).replace(known.id, row.metadata);
}

std::vector<KnownEntity> DocumentTables::entities_of(std::int64_t document) {
  auto read = connection_.prepare("SELECT entity, label, sentiment FROM document_entity WHERE document = ?");
  read.bind(1, document);
  std::vector<KnownEntity> entities;
  while (read.step()) {
    KnownEntity known{read.integer(0), std::nullopt};
    if (!read.is_null(1)) known.current = {static_cast<Label>(read.integer(1)), read.optional_integer(2)};
    entities.push_back(known);
  }
  return entities;
}

void DocumentTables::insert_entity(std::int64_t document, const ScoredEntity& entity, std::optional<LaterVote> later) {
  auto insert = connection_.prepare(
      "INSERT INTO document_entity (document, entity, label, sentiment, method, start, end, vote_label, "
      "vote_sentiment, event, gravity, vote_event, vote_gravity, vote_seq, vote_topic, vote_model, vote_late) VALUES "
      "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3, ?4, ?8, ?9, ?8, ?9, ?10, ?11, ?12, ?13)");
  insert.bind_all(document, entity.key, number(entity.label), entity.micro, entity.row->method,
                  static_cast<std::int64_t>(entity.row->start), static_cast<std::int64_t>(entity.row->end),
                  entity.risk.event, entity.risk.gravity);
  if (later) insert.bind(10, later->seq).bind(11, later->topic).bind(12, later->model).bind(13, later->late);
  insert.run();
}

void DocumentTables::revise_entity(std::int64_t document, const ScoredEntity& entity) {
  connection_
      .prepare(
          "UPDATE document_entity SET label = ?3, sentiment = ?4, method = ?5, start = ?6, end = ?7, event = ?8, "
          "gravity = ?9 WHERE document = ?1 AND entity = ?2")
      .bind_all(document, entity.key, number(entity.label), entity.micro, entity.row->method,
                static_cast<std::int64_t>(entity.row->start), static_cast<std::int64_t>(entity.row->end),
                entity.risk.event, entity.risk.gravity)
      .run();
}

void DocumentTables::drop_entity(std::int64_t document, std::int64_t entity) {
  connection_
      .prepare(
          "UPDATE document_entity SET label = NULL, sentiment = NULL, event = NULL, gravity = NULL WHERE document = ? "
          "AND entity = ?")
      .bind_all(document, entity)
      .run();
}

void DocumentTables::count(std::string_view table, std::int64_t key, int times, TimePoint at) {
  const std::string sql =
      "UPDATE " + std::string(table) +
      " SET documents = documents + ?2, last_seen = max(coalesce(last_seen, ?3), ?3) WHERE key = ?1";
  connection_.prepare(sql).bind_all(key, times, at).run();
}

void DocumentTables::count_entity(const ScoredEntity& entity, int times, TimePoint at) {
  count("entity", entity.key, times, at);
  if (entity.row->name.empty()) return;
  connection_.prepare("UPDATE entity SET name = ?2 WHERE key = ?1 AND name <> ?2")
      .bind_all(entity.key, entity.row->name)
      .run();
}

void DocumentTables::note_model(std::int64_t model, TimePoint at) {
  connection_
      .prepare(
          "UPDATE model SET first_at = min(coalesce(first_at, ?2), ?2), last_at = max(coalesce(last_at, ?2), ?2) "
          "WHERE key = ?1 AND (first_at IS NULL OR first_at > ?2 OR last_at < ?2)")
      .bind_all(model, at)
      .run();
}

}  // namespace tapewatch::storage
