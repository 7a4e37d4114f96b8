#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/connection/connection.hpp"
#include "storage/document/label.hpp"

namespace tapewatch::storage {

/// The columns of both roll-up tables behind their keys, in order.
inline constexpr const char* rollup_columns[] = {"documents",
                                                 "positive",
                                                 "neutral",
                                                 "negative",
                                                 "abstained",
                                                 "unscored",
                                                 "sum",
                                                 "sum_squares",
                                                 "stories_all",
                                                 "negative_stories_all",
                                                 "scored_stories_all",
                                                 "story_sum_all",
                                                 "story_sum_squares_all",
                                                 "stories_topic",
                                                 "negative_stories_topic",
                                                 "scored_stories_topic",
                                                 "story_sum_topic",
                                                 "story_sum_squares_topic",
                                                 "stories_source",
                                                 "negative_stories_source",
                                                 "scored_stories_source",
                                                 "story_sum_source",
                                                 "story_sum_squares_source",
                                                 "stories_topic_source",
                                                 "negative_stories_topic_source",
                                                 "scored_stories_topic_source",
                                                 "story_sum_topic_source",
                                                 "story_sum_squares_topic_source"};

/// The series that a story can vote in: of everything, of its topic, of its source, of both; for an entity's roll-up
/// each of them within the entity.
enum class Grain : std::size_t { all, topic, source, topic_source };
inline constexpr std::size_t grain_count = 4;

/// Which of the four grains a document is the first of its story in.
using FirstIn = std::array<bool, grain_count>;

/// What is added to one roll-up row.
struct RollupDelta {
  struct Votes {
    std::int64_t stories = 0, negative = 0, scored = 0, sum = 0, sum_squares = 0;
  };
  std::int64_t documents = 0;
  std::array<std::int64_t, 5> labels{};   ///< by Label
  std::int64_t sum = 0, sum_squares = 0;  ///< 1e-6, 1e-9; over positive, neutral and negative
  std::array<Votes, grain_count> votes;

  /// Counts a document in (times = 1) or out (times = −1).
  void add_document(Label label, std::optional<std::int64_t> micro, int times);
  void add_votes(Label label, std::optional<std::int64_t> micro, const FirstIn& first);
};

struct RollupKey {
  std::optional<std::int64_t> entity;  ///< set: rollup_entity, else rollup_topic
  std::int64_t minute = 0, topic = 0, source = 0;
};

/// Adds to the row, which is made where there is none. Inside the caller's Transaction.
void add_to_rollup(Connection& connection, const RollupKey& key, const RollupDelta& delta);

}  // namespace tapewatch::storage
