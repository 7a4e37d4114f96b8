#pragma once
#include <cstdint>
#include <functional>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// The SQL functions that migrations call, on a connection for as long as this lives: search_words(text).
class MigrationFunctions {
 public:
  /// `on_text` is called with the number of texts read so far; an exception from it ends the migration.
  MigrationFunctions(Connection& connection, std::function<void(std::int64_t)> on_text);
  MigrationFunctions(const MigrationFunctions&) = delete;
  MigrationFunctions& operator=(const MigrationFunctions&) = delete;
  ~MigrationFunctions();

  void count_text();

 private:
  Connection& connection_;
  std::function<void(std::int64_t)> on_text_;
  std::int64_t texts_ = 0;
};

}  // namespace tapewatch::storage
