#include "daemon/pipeline/writing/story_matcher.hpp"

#include <algorithm>
#include <optional>

namespace tapewatch {
namespace {

std::optional<ingest::StoryLikeness> likeness_of(const storage::StoryRow& row, const StoryQuestion& question) {
  const auto signature = ingest::signature_from_bytes(row.signature);
  // From before stories had signatures, or a title without a word: all that is known of it is its key.
  if (!signature || (signature->count == 0 && question.signature.count == 0)) return ingest::StoryLikeness{1.0};
  return ingest::same_story(*signature, question.signature, question.at - row.first_at);
}

}  // namespace

StoryMatcher::StoryMatcher(storage::Connection& connection, const storage::StorageOptions& storage,
                           const ingest::StoryOptions& options)
    : stories_(connection, storage), storage_(storage), options_(options), index_(options) {}

void StoryMatcher::bring_to(storage::TimePoint event_time) {
  const auto floor = std::max(event_time - storage_.story_window, stories_.first_kept());
  if (!loaded_ || event_time < event_time_) {  // event time goes back where it is anchored anew
    index_ = ingest::StoryIndex(options_);
    for (const auto& row : stories_.since(floor, options_.max_stories)) {
      if (const auto signature = ingest::signature_from_bytes(row.signature)) {
        index_.add({row.id, row.first_at, *signature});
      }
    }
    loaded_ = true;
  }
  event_time_ = event_time;
  index_.forget(floor);
}

StoryChoice StoryMatcher::choose(const StoryQuestion& question, storage::TimePoint event_time) {
  bring_to(event_time);
  auto best = index_.best(question.signature, question.at, storage_.story_window);
  for (const auto& row : stories_.with_key(question.key, question.at, options_.max_candidates)) {
    const auto likeness = likeness_of(row, question);
    if (!likeness) continue;
    const ingest::StoryIndex::Match match{row.id, row.first_at, *likeness};
    if (!best || match.is_better_than(*best, question.at)) best = match;
  }
  if (!best) return {};
  return {best->id, best->likeness.turned};
}

}  // namespace tapewatch
