#pragma once
#include <cstdint>
#include <functional>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// The SQL functions that migrations call, on a connection for as long as this lives: search_words(text),
/// title_hash(text) of a story's key, and counted(number), which gives its argument and counts it, once for each row of
/// a step that copies many.
class MigrationFunctions {
 public:
  using Counted = std::function<void(std::int64_t)>;

  /// `on_text` is called with the number of texts read so far, `on_row` with that of the rows counted; an exception
  /// from them ends the migration.
  MigrationFunctions(Connection& connection, Counted on_text, Counted on_row);
  MigrationFunctions(const MigrationFunctions&) = delete;
  MigrationFunctions& operator=(const MigrationFunctions&) = delete;
  ~MigrationFunctions();

  /// Rows are counted from 1 again.
  void begin_step() { rows_ = 0; }

  void count_text();
  void count_row();

 private:
  Connection& connection_;
  Counted on_text_, on_row_;
  std::int64_t texts_ = 0, rows_ = 0;
};

}  // namespace tapewatch::storage
