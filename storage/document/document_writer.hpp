#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/connection/connection.hpp"
#include "storage/document/document_row.hpp"

namespace tapewatch::storage {

enum class Outcome {
  inserted,  ///< a new document: counted
  revised,   ///< a known document with another text, or a higher revision by the source's own number: rescored in
             ///< place, its old class taken out of the roll-ups
  repeated,  ///< a known document with the same text, or an older revision: nothing changed
  blocked,   ///< its source has taken it back (document_removal.hpp): nothing changed
  removed,   ///< taken back
  held       ///< not to be seen yet (held_documents.hpp)
};

std::string_view to_string(Outcome outcome);

struct Inserted {
  Outcome outcome = Outcome::repeated;
  std::int64_t seq = 0;     ///< of this change; of the last one when repeated
  std::int64_t row_id = 0;  ///< in decimal it is the document's public id
  std::int64_t story_id = 0;
  TimePoint event_time{};   ///< T after this row
  bool late = false;        ///< older than T − max_lateness: history only
  bool names_more = false;  ///< revised, and companies that it did not name before have its story's vote
};

/// Stores documents with everything that belongs to them: identity, story and its votes, roll-ups, entities, full text,
/// revision history, the SSE event. Works inside the caller's Transaction, on the writer thread. Throws StorageError;
/// the caller then rolls back and may insert the same rows again with the same result.
class DocumentWriter {
 public:
  DocumentWriter(Connection& connection, const StorageOptions& options);
  ~DocumentWriter();
  /// Whether its source has taken it back, so that it would not be stored.
  bool is_blocked(std::string_view source, std::string_view id, std::optional<std::int64_t> revision);
  /// `stored_at`: wall time of the batch.
  Inserted insert(const DocumentRow& row, TimePoint stored_at);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapewatch::storage
