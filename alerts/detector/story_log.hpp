#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tapewatch::alerts {

/// What a document did to its series.
enum class VoteKind { first_counted, first_other, repeat_counted, repeat_other };

/// The stories of one series, hour by hour: each votes once, in the minute of its first document, and by that document
/// the rule's measure counts it or not. Minutes and hours count from the epoch. Every hour is a part of the stored
/// state of its own, so that a commit writes only the hours it touched.
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

  std::size_t size() const { return index_.size(); }

  /// Forgets hours before `hour`; then, while more than `max_stories` are left, the oldest hours. Returns how many
  /// stories the second rule cost.
  std::size_t forget(std::int64_t hour, std::size_t max_stories);

  /// Hours changed since the last call; a forgotten one is not found any more.
  std::set<std::int64_t> take_changed();
  bool changed() const { return !changed_.empty(); }
  bool has(std::int64_t hour) const { return hours_.contains(hour); }
  std::string save(std::int64_t hour) const;
  void load(std::string_view blob);  ///< throws DetectorStateError

 private:
  struct Vote {
    std::int64_t story;
    std::uint32_t documents;
    std::uint8_t minute;
    bool counted;
  };
  struct Place {
    std::int64_t hour;
    std::size_t vote;
  };
  void drop_oldest();

  std::map<std::int64_t, std::vector<Vote>> hours_;
  std::unordered_map<std::int64_t, Place> index_;  // looked up, never walked
  std::set<std::int64_t> changed_;
};

}  // namespace tapewatch::alerts
