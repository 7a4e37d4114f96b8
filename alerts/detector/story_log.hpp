#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alerts/detector/rare.hpp"

namespace tapewatch::alerts {

/// What a document did to its series.
enum class VoteKind { first_counted, first_other, repeat_counted, repeat_other };

/// The stories of one series, hour by hour: each votes once, in the minute of its first document, and by that document
/// the rule's measure counts it or not. Minutes and hours count from the epoch. Every hour is a part of the stored
/// state of its own, so that a commit writes only the hours it touched. Most series have few stories: theirs are
/// searched, and only many have an index.
class StoryLog {
 public:
  struct Result {
    VoteKind kind;
    std::int64_t minute;  ///< of the story's vote
  };

  Result add(std::int64_t story, std::int64_t minute, bool counted);

  /// The vote of a story that is remembered.
  struct Known {
    std::int64_t minute = 0;
    std::uint64_t documents = 0;
    bool counted = false;
  };
  std::optional<Known> find(std::int64_t story) const;
  /// One document of a known story is taken back; another one gave its vote.
  void take_document(std::int64_t story);
  /// The document that gave a known story's vote is taken back: the vote is forgotten, or passes to another one's
  /// minute and class.
  struct Heir {
    std::int64_t minute = 0;
    bool counted = false;
  };
  void take_vote(std::int64_t story, std::optional<Heir> heir);

  struct Told {
    std::uint64_t stories = 0;
    std::uint64_t documents = 0;
  };
  /// Distinct counted stories, and the documents that tell them, with a vote in [from, to] (minutes). Walks them.
  Told counted(std::int64_t from, std::int64_t to) const;

  std::size_t size() const { return votes_.size(); }

  /// Forgets hours before `hour`; then, while more than `max_stories` are left, the oldest hours. Returns how many
  /// stories the second rule cost.
  std::size_t forget(std::int64_t hour, std::size_t max_stories);

  /// Hours changed since the last call; a forgotten one is not found any more.
  std::vector<std::int64_t> take_changed() { return std::exchange(changed_, {}); }
  bool changed() const { return !changed_.empty(); }
  bool has(std::int64_t hour) const;
  std::string save(std::int64_t hour) const;
  void load(std::string_view blob);  ///< throws DetectorStateError

 private:
  struct Vote {  // 16 bytes
    std::int64_t story;
    std::uint32_t documents;
    std::int32_t minute : 31;
    std::uint32_t counted : 1;

    std::int64_t hour() const;
  };
  using Votes = std::vector<Vote>;

  Votes::iterator vote_of(std::int64_t story);
  Votes::const_iterator vote_of(std::int64_t story) const;
  /// Where the vote of a story of that hour is, or would be.
  Votes::const_iterator place_of(std::pair<std::int64_t, std::int64_t> hour_and_story) const;
  /// The votes of an hour.
  std::pair<Votes::const_iterator, Votes::const_iterator> of_hour(std::int64_t hour) const;
  void insert(const Vote&);
  void note_change(std::int64_t hour);
  void fit();

  static constexpr std::size_t kSearched = 32;                  // without an index
  Votes votes_;                                                 // by hour and story
  Rare<std::unordered_map<std::int64_t, std::int64_t>> hours_;  // of the stories, once they are many
  std::vector<std::int64_t> changed_;                           // ascending
};

}  // namespace tapewatch::alerts
