#pragma once

#include <cstdint>
#include <string_view>

#include "ingest/story/story_index.hpp"
#include "storage/document/story_reader.hpp"

namespace tapewatch {

/// What of a new document decides its story.
struct StoryQuestion {
  std::string_view key;
  const ingest::StorySignature& signature;
  storage::TimePoint at{};
};

struct StoryChoice {
  std::int64_t id = 0;  ///< 0: a new one
  bool turned = false;  ///< a correction says the opposite of what the story's first document said
};

/// Chooses the story that a document joins: the one whose first document it matches best, among those that began within
/// `story_window` of event time (in memory, by ingest::StoryIndex) and those with the same key at any time. Stories
/// that were stored without a signature are matched by their key alone.
///
/// The choice follows from what the database holds at that point of the sequence: the same after a restart, after a
/// roll-back and in a replay. Belongs to the writer's thread. Throws StorageError.
class StoryMatcher {
 public:
  StoryMatcher(storage::Connection& connection, const storage::StorageOptions& storage,
               const ingest::StoryOptions& options);

  /// `event_time`: the largest time of a document so far, this one included. Ticks do not count: a clock that is wrong
  /// would make the latest stories forgotten.
  StoryChoice choose(const StoryQuestion& question, storage::TimePoint event_time);
  /// A story that the last document has begun.
  void add(const ingest::IndexedStory& story) { index_.add(story); }
  /// After a roll-back: what is in memory is read from the database again before the next choice.
  void reload() { loaded_ = false; }

 private:
  void bring_to(storage::TimePoint event_time);

  storage::StoryReader stories_;
  const storage::StorageOptions storage_;
  const ingest::StoryOptions options_;
  ingest::StoryIndex index_;
  bool loaded_ = false;
  storage::TimePoint event_time_{};
};

}  // namespace tapewatch
