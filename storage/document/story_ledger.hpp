#pragma once
#include <cstdint>
#include <string_view>

#include "storage/connection/connection.hpp"
#include "storage/document/document_row.hpp"
#include "storage/sentiment/rollup.hpp"

namespace tapewatch::storage {

struct StoryPlace {
  std::int64_t story = 0;
  bool first = false;    ///< the story was made for this document
  bool may_vote = true;  ///< false if retention has deleted documents of it: who voted is no longer known
};

/// Which story a document belongs to, and in which series it is the story's first.
class StoryLedger {
 public:
  StoryLedger(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}

  /// The story that was chosen for the row, or a new one; without a choice the one with its key whose first document
  /// lies within `story_window` of `at` (the nearest, then the oldest), or a new one. Counts the document.
  StoryPlace join(const DocumentRow& row, TimePoint at);

  /// The place of a document that was stored earlier.
  StoryPlace place_of(std::int64_t story);

  /// Grains without an earlier document of the story. Call it before the document's own row exists.
  FirstIn first_in(const StoryPlace& place, std::int64_t topic, std::int64_t source);
  /// The same within an entity: no earlier vote. Call it before the document's own mention exists.
  FirstIn first_in_entity(const StoryPlace& place, std::int64_t entity, std::int64_t topic, std::int64_t source);

 private:
  bool exists(std::string_view sql, std::initializer_list<std::int64_t> values);

  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
