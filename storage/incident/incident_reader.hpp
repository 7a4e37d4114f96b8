#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct IncidentQuery {
  std::vector<std::string> kinds;     ///< empty: all
  std::vector<std::string> sources;   ///< theirs, those of what carries them, and those of all sources; empty: all
  std::optional<TimePoint> from, to;  ///< that have something in common with [from, to)
  std::size_t limit = 100;            ///< at most 1,000
  std::string cursor;
};

struct IncidentRow {
  std::string id, kind;
  std::optional<std::string> source;  ///< nothing: all of them
  TimePoint from{};
  std::optional<TimePoint> to;            ///< nothing: it lasts
  std::optional<std::int64_t> documents;  ///< nothing: unknown
  std::string detail;
  std::string noted_at;  ///< RFC 3339
};

struct IncidentPage {
  std::vector<IncidentRow> items;  ///< those that began last first
  std::optional<std::string> next_cursor;
};

/// incident_view, on a reader. Throws StorageError, std::invalid_argument for a bad cursor.
IncidentPage list_incidents(Connection& connection, const IncidentQuery& query);

}  // namespace tapewatch::storage
