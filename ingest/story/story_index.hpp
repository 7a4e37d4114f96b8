#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/story/story_likeness.hpp"
#include "ingest/story/story_options.hpp"

namespace tapewatch::ingest {

/// A story as the index knows it: its first document.
struct IndexedStory {
  std::int64_t id = 0;
  TimePoint first_at{};
  StorySignature signature;
};

/// The stories of the last days by the words of their first documents, to find the one that a new title tells. What it
/// answers depends on what it holds alone, so that one filled from a database decides like one that never stopped.
/// Belongs to one thread.
///
/// Memory: some 150 bytes a story. Time: bounded by the options, whatever is in it.
class StoryIndex {
 public:
  explicit StoryIndex(const StoryOptions& options);

  struct Match {
    std::int64_t id = 0;
    TimePoint first_at{};
    StoryLikeness likeness;

    /// For a document of time `at`: more alike, of equals nearer in time, then with the lower id.
    bool is_better_than(const Match& other, TimePoint at) const;
  };
  /// The best match among the stories whose first document lies within `window` of `at`.
  std::optional<Match> best(const StorySignature& signature, TimePoint at, std::chrono::milliseconds window);

  /// Stories come in the order of their ids.
  void add(const IndexedStory& story);
  /// Forgets stories that began before `floor`, then the oldest while there are more than `max_stories`.
  void forget(TimePoint floor);
  std::size_t size() const { return by_time_.size(); }

 private:
  using Slot = std::uint32_t;  // counts up and around; an entry's place is its distance from `first_`
  struct Postings {
    std::vector<Slot> slots;  // as they were added; some no longer live
    std::uint32_t live = 0;
  };
  struct Oldest {
    TimePoint first_at;
    std::int64_t id;
    Slot slot;
    bool operator>(const Oldest& other) const { return std::tie(first_at, id) > std::tie(other.first_at, other.id); }
  };

  void drop(Slot slot);
  void grow_ring();
  std::uint8_t& shared(Slot slot) { return shared_[slot & (shared_.size() - 1)]; }
  /// A story with a word of the title in hand.
  struct Met {
    Slot slot;
    std::uint32_t shared;  // how many of its words
  };
  void count_words(const StorySignature& signature);
  void meet(const Postings& postings, std::size_t& left);
  void choose_candidates();
  void choose_newest(std::uint32_t words, std::size_t most);

  StoryOptions options_;
  Slot first_ = 0;                    // the slot of entries_.front()
  std::deque<IndexedStory> entries_;  // by slot; some no longer live
  /// By slot, in a ring of a power of two: words that the title in hand shares with a story, `kDead` for none that
  /// lives.
  static constexpr std::uint8_t kDead = 0xff;
  std::vector<std::uint8_t> shared_ = std::vector<std::uint8_t>(64);
  std::priority_queue<Oldest, std::vector<Oldest>, std::greater<>> by_time_;
  std::unordered_map<std::uint16_t, Postings> postings_;  // by the payload of a word or name
  /// Of the search in hand.
  std::vector<Met> met_;           // the first `met_count_` are used; each list's stand together, the newest first
  std::size_t met_count_ = 0;      // at most `max_postings`
  std::vector<std::size_t> runs_;  // where in `met_` each list's end
  std::vector<Slot> candidates_;   // compared with the title
  std::vector<Slot> newest_;       // of those that share a certain number of words
  std::size_t unread_ = 0;         // lists that were not looked through to their end
  std::size_t required_ = 1;       // words that a story must share
};

}  // namespace tapewatch::ingest
