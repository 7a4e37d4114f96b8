#include "storage/document/held_documents.hpp"

namespace tapewatch::storage {

namespace {

constexpr std::string_view kHeldColumns =
    "SELECT id, source, external_id, intake, source_revision, embargo_until, held_at, title, url, document FROM held ";

HeldRow held_of(const Statement& read) {
  return {read.integer(0),       read.text(1), read.text(2), read.text(3), read.optional_integer(4),
          read.optional_time(5), read.time(6), read.text(7), read.text(8), read.text(9)};
}

std::vector<HeldRow> all_held(Statement& read) {
  std::vector<HeldRow> rows;
  while (read.step()) rows.push_back(held_of(read));
  return rows;
}

}  // namespace

std::int64_t HeldDocuments::put(const HeldRow& row) {
  connection_.prepare("DELETE FROM held WHERE source = ? AND external_id = ?")
      .bind_all(row.source, row.external_id)
      .run();
  connection_
      .prepare(
          "INSERT INTO held (source, external_id, intake, source_revision, embargo_until, held_at, title, url, "
          "document) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(row.source, row.external_id, row.intake, row.revision, row.embargo_until, row.held_at, row.title,
                row.url, row.document)
      .run();
  return connection_.last_insert_id();
}

bool HeldDocuments::take(std::int64_t id) {
  connection_.prepare("DELETE FROM held WHERE id = ?").bind(1, id).run();
  return connection_.changes() > 0;
}

std::optional<HeldRow> HeldDocuments::find(std::string_view source, std::string_view external_id) const {
  auto read = connection_.prepare(std::string(kHeldColumns) + "WHERE source = ? AND external_id = ?");
  if (!read.bind(1, source).bind(2, external_id).step()) return std::nullopt;
  return held_of(read);
}

bool HeldDocuments::any() const { return connection_.prepare("SELECT 1 FROM held LIMIT 1").step(); }

std::vector<HeldRow> HeldDocuments::due(TimePoint now, std::size_t limit) const {
  auto read =
      connection_.prepare(std::string(kHeldColumns) + "WHERE embargo_until <= ? ORDER BY embargo_until, id LIMIT ?");
  read.bind(1, now).bind(2, limit);
  return all_held(read);
}

std::vector<HeldRow> HeldDocuments::list(std::int64_t after, std::size_t limit) const {
  auto read = connection_.prepare(std::string(kHeldColumns) + "WHERE id > ? ORDER BY id LIMIT ?");
  read.bind(1, after).bind(2, limit);
  return all_held(read);
}

}  // namespace tapewatch::storage
