#include "storage/source/catalogue_reader.hpp"

#include <fmt/format.h>

namespace tapewatch::storage {

namespace {

std::vector<CatalogueEntry> read_names(Connection& connection, const char* table, const char* name) {
  auto read = connection.prepare(fmt::format(
      "SELECT id, {}, documents, last_seen FROM {} WHERE id <> '' ORDER BY documents DESC, id", name, table));
  std::vector<CatalogueEntry> rows;
  while (read.step()) rows.push_back({read.text(0), read.text(1), read.integer(2), read.optional_time(3)});
  return rows;
}

bool has(Connection& connection, const char* query, std::string_view id) {
  auto find = connection.prepare(query);
  find.bind(1, id);
  return find.step();
}

}  // namespace

std::vector<CatalogueEntry> CatalogueReader::topics() const { return read_names(connection_, "topic", "id"); }
std::vector<CatalogueEntry> CatalogueReader::entities() const { return read_names(connection_, "entity", "name"); }
std::vector<CatalogueEntry> CatalogueReader::sources() const { return read_names(connection_, "source", "id"); }

bool CatalogueReader::has_entity(std::string_view id) const {
  return has(connection_, "SELECT 1 FROM entity WHERE id = ?", id);
}

bool CatalogueReader::has_source(std::string_view id) const {
  return has(connection_, "SELECT 1 FROM source WHERE id = ?", id);
}

std::vector<std::string> CatalogueReader::risk_events() const {
  auto read = connection_.prepare("SELECT id FROM risk_event ORDER BY id");
  std::vector<std::string> events;
  while (read.step()) events.push_back(read.text(0));
  return events;
}

std::vector<std::string> CatalogueReader::models() const {
  auto read = connection_.prepare(
      "SELECT id FROM model WHERE id <> '' AND coalesce(first_at, rescored_first_at) IS NOT NULL ORDER BY "
      "coalesce(first_at, rescored_first_at), id");
  std::vector<std::string> versions;
  while (read.step()) versions.push_back(read.text(0));
  return versions;
}

}  // namespace tapewatch::storage
