// Tested by tests/storage/document/document_reader_test.cpp
#include "storage/document/document_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "storage/document/backfill.hpp"
#include "storage/document/label.hpp"
#include "storage/document/risk_columns.hpp"
#include "storage/document/topic_probabilities.hpp"

namespace tapewatch::storage {

namespace {

// No join where a name is one of few: an export reads the same names a million times.
const std::string kDocument = fmt::format(
    "SELECT d.source, d.external_id, d.title, d.body, d.url, d.language, d.published_at, d.received_at, d.scored_at, "
    "d.published_clamped, d.published_from, d.topic, d.topics, d.positive, d.neutral, d.negative, d.label, "
    "d.unscored_reason, d.model, d.truncated, d.source_revision, d.sentiment, d.at, d.stored_at, d.revised_at, d.seq, "
    "d.revision, d.late, d.story, c.documents, d.removed, (SELECT r.removed_at FROM removal r WHERE r.seq = "
    "d.removed), d.event, d.gravity, {} FROM document d JOIN story c ON c.id = d.story WHERE d.id = ?",
    kBackfilledSql);
constexpr const char* kEntities =
    "SELECT entity, sentiment, label, method, start, end, event, gravity FROM document_entity WHERE document = ? AND "
    "label IS NOT NULL";

}  // namespace

DocumentLoader::DocumentLoader(Connection& connection)
    : document_(connection.prepare(kDocument)),
      entities_(connection.prepare(kEntities)),
      metadata_(connection),
      sources_(connection, "SELECT id, '' FROM source WHERE key = ?"),
      topics_(connection, "SELECT id, '' FROM topic WHERE key = ?"),
      models_(connection, "SELECT id, '' FROM model WHERE key = ?"),
      companies_(connection, "SELECT id, name FROM entity WHERE key = ?"),
      events_(connection, "SELECT id, '' FROM risk_event WHERE key = ?") {}

const std::pair<std::string, std::string>& DocumentLoader::Names::of(std::int64_t key) {
  const auto known = found_.find(key);
  if (known != found_.end()) return known->second;
  auto read = connection_.prepare(find_);
  read.bind(1, key);
  return found_[key] = read.step() ? std::pair(read.text(0), read.text(1)) : std::pair<std::string, std::string>();
}

std::optional<StoredDocument> DocumentLoader::load(std::int64_t id) {
  document_.reset();
  if (!document_.bind(1, id).step()) return std::nullopt;
  std::optional<StoredDocument> document(std::in_place);
  document->public_id = std::to_string(id);
  document->first_seq = id;
  read_row(*document);
  read_scores(*document);
  read_entities(id, document->row.entities);
  document->row.metadata = metadata_.of(id);
  return document;
}

void DocumentLoader::read_row(StoredDocument& document) {
  DocumentRow& row = document.row;
  row.source = sources_.of(document_.integer(0)).first;
  row.id = document_.text(1);
  row.title = document_.text(2);
  row.body = document_.text(3);
  row.url = document_.text(4);
  row.language = document_.text(5);
  row.published_at = document_.time(6);
  row.received_at = document_.time(7);
  row.scored_at = document_.time(8);
  row.published_clamped = document_.flag(9);
  row.published_from = document_.text(10);
  row.source_revision = document_.integer(20);
  document.at = document_.time(22);
  document.stored_at = document_.time(23);
  document.revised_at = document_.optional_time(24);
  document.seq = document_.integer(25);
  document.revision = document_.integer(26);
  document.late = document_.flag(27);
  document.story_id = document_.integer(28);
  document.story_documents = document_.integer(29);
  document.removed_seq = document_.optional_integer(30);
  document.removed_at = document_.optional_time(31);
  if (!document_.is_null(34)) document.backfilled = document_.flag(34);
}

void DocumentLoader::read_scores(StoredDocument& document) {
  DocumentRow& row = document.row;
  row.topic = topics_.of(document_.integer(11)).first;
  row.topics = probabilities_from(document_.blob(12));
  if (!document_.is_null(13)) {
    row.probabilities = {static_cast<float>(document_.real(13)), static_cast<float>(document_.real(14)),
                         static_cast<float>(document_.real(15))};
  }
  row.label = label_of(document_.integer(16));
  row.unscored_reason = document_.text(17);
  row.model_version = models_.of(document_.integer(18)).first;
  row.truncated = document_.flag(19);
  if (!document_.is_null(21)) document.sentiment = from_micro(document_.integer(21));
  row.risk = risk_of(document_, 32);
}

std::optional<Risk> DocumentLoader::risk_of(const Statement& read, int column) {
  if (read.is_null(column)) return std::nullopt;
  return risk_from(events_.of(read.integer(column)).first, read.integer(column + 1));
}

void DocumentLoader::read_entities(std::int64_t id, std::vector<EntityRow>& entities) {
  entities_.reset();
  entities_.bind(1, id);
  while (entities_.step()) {
    const auto& [company, name] = companies_.of(entities_.integer(0));
    EntityRow& entity = entities.emplace_back();
    entity.id = company;
    entity.name = name;
    if (!entities_.is_null(1)) entity.sentiment = from_micro(entities_.integer(1));
    entity.label = label_of(entities_.integer(2));
    entity.method = entities_.text(3);
    entity.start = static_cast<std::uint32_t>(entities_.integer(4));
    entity.end = static_cast<std::uint32_t>(entities_.integer(5));
    entity.risk = risk_of(entities_, 6);
  }
  if (entities.size() < 2) return;
  std::sort(entities.begin(), entities.end(),
            [](const EntityRow& a, const EntityRow& b) { return std::tie(a.start, a.id) < std::tie(b.start, b.id); });
}

}  // namespace tapewatch::storage
