#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct CatalogueEntry {
  std::string id, name;                ///< name: of entities only; else the id
  std::int64_t documents = 0;          ///< ever stored, in their latest revision
  std::optional<TimePoint> last_seen;  ///< `at` of the newest
};

/// What exists in the database, most documents first. The topic "" (unscored) is left out.
class CatalogueReader {
 public:
  explicit CatalogueReader(Connection& connection) : connection_(connection) {}
  std::vector<CatalogueEntry> topics() const;
  std::vector<CatalogueEntry> entities() const;
  std::vector<CatalogueEntry> sources() const;
  /// Whether a document has ever had it.
  bool has_entity(std::string_view id) const;
  bool has_source(std::string_view id) const;
  /// The versions of the model that have scored documents, in the order of their first ones' times.
  std::vector<std::string> models() const;
  /// The ids of risk events that documents have ever told, sorted.
  std::vector<std::string> risk_events() const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
