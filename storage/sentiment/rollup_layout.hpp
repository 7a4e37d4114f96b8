#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/document/label.hpp"

namespace tapewatch::storage {

// The roll-ups, described once. Writing, reading, merging, dropping, checking and the public views follow from this;
// the tables themselves are frozen text (storage/schema/migrations/), which a test compares with it.

/// Sums over documents, in their latest revision. Sentiments are integers of 1e-6, squares of 1e-9.
struct DocumentSums {
  std::int64_t documents = 0, positive = 0, neutral = 0, negative = 0, abstained = 0, unscored = 0, sum = 0,
               sum_squares = 0;
};

/// Sums over the votes of stories in one grain of series.
struct VoteSums {
  std::int64_t stories = 0, negative = 0, scored = 0, sum = 0, sum_squares = 0;
};

/// What a column adds up over rows (label, sentiment).
enum class Summand { rows, rows_of_label, rows_of_class, sentiment, square };

/// A column, its place in memory, and what it sums.
template <class Sums>
struct SumColumn {
  std::string_view name;
  std::int64_t Sums::*field;
  Summand of;
  Label label = Label::positive;  ///< of rows_of_label
};

inline constexpr SumColumn<DocumentSums> kDocumentColumns[] = {
    {"documents", &DocumentSums::documents, Summand::rows},
    {"positive", &DocumentSums::positive, Summand::rows_of_label, Label::positive},
    {"neutral", &DocumentSums::neutral, Summand::rows_of_label, Label::neutral},
    {"negative", &DocumentSums::negative, Summand::rows_of_label, Label::negative},
    {"abstained", &DocumentSums::abstained, Summand::rows_of_label, Label::abstained},
    {"unscored", &DocumentSums::unscored, Summand::rows_of_label, Label::unscored},
    {"sum", &DocumentSums::sum, Summand::sentiment},
    {"sum_squares", &DocumentSums::sum_squares, Summand::square}};

/// Once for each grain, with the grain's name appended: stories_all, stories_topic, … The roll-ups do not store them: a
/// document's vote mostly counts where the document does, and what is the same need not be stored five times. They
/// store the repeats, the documents' sums less the votes', which are mostly 0, and 0 takes no space (kRepeatNames).
inline constexpr SumColumn<VoteSums> kVoteColumns[] = {
    {"stories", &VoteSums::stories, Summand::rows},
    {"negative_stories", &VoteSums::negative, Summand::rows_of_label, Label::negative},
    {"scored_stories", &VoteSums::scored, Summand::rows_of_class},
    {"story_sum", &VoteSums::sum, Summand::sentiment},
    {"story_sum_squares", &VoteSums::sum_squares, Summand::square}};

inline constexpr std::string_view kRepeatNames[] = {"repeats", "negative_repeats", "scored_repeats", "repeat_sum",
                                                    "repeat_sum_squares"};
static_assert(std::size(kRepeatNames) == std::size(kVoteColumns));

/// What the votes' sums would be if every document voted.
constexpr VoteSums if_all_voted(const DocumentSums& sums) {
  return {sums.documents, sums.negative, sums.positive + sums.neutral + sums.negative, sums.sum, sums.sum_squares};
}

/// The series that a story can vote in: of everything, of its topic, of its source, of both; for an entity's roll-up
/// each of them within the entity. Each vote is counted in one row, so that a series' votes are the sum of its grain's
/// columns over its rows.
enum class Grain : std::size_t { all, topic, source, topic_source };

struct GrainColumns {
  std::string_view name;
  bool by_topic, by_source;
};
inline constexpr GrainColumns kGrains[] = {
    {"all", false, false}, {"topic", true, false}, {"source", false, true}, {"topic_source", true, true}};
inline constexpr std::size_t kGrainCount = std::size(kGrains);

constexpr Grain grain_of(bool by_topic, bool by_source) {
  std::size_t grain = 0;
  while (kGrains[grain].by_topic != by_topic || kGrains[grain].by_source != by_source) ++grain;
  return static_cast<Grain>(grain);
}

/// The key of the model in roll-ups from before they told models apart, where it is not known which of several counted.
inline constexpr std::int64_t kSeveralModels = 0;

/// A table of sums. minute = at / 60,000, or the first one of the quarter hour where minutes have been folded. model:
/// the version that scored what is counted; a story's vote stays under the one that it was given with.
struct RollupTable {
  std::string_view name;  ///< what is read, with vote columns: of a roll-up a view of the table that stores its repeats
  std::string_view stored;                 ///< the table
  std::span<const std::string_view> keys;  ///< in the order of the primary key

  bool by_entity() const { return keys.front() == "entity"; }
  bool stores_repeats() const { return stored != name; }
  /// Every column of the stored table behind its keys, in its order.
  std::span<const std::string> stored_columns() const;
  /// "minute, topic, source, model"
  std::string key_list() const;
  /// The same without the minute.
  std::string series_list() const;
};

inline constexpr std::string_view kTopicKeys[] = {"minute", "topic", "source", "model"};
inline constexpr std::string_view kEntityKeys[] = {"entity", "minute", "topic", "source", "model"};
inline constexpr RollupTable kRollupTopic{"rollup_topic", "topic_sums", kTopicKeys};
inline constexpr RollupTable kRollupEntity{"rollup_entity", "entity_sums", kEntityKeys};
/// Companies by the hour in the grain `all`: minute is the first one of an hour. Triggers keep it in step with
/// entity_sums.
inline constexpr std::string_view kHourKeys[] = {"entity", "minute", "model"};
inline constexpr RollupTable kRollupHours{"rollup_entity", "entity_hours", kHourKeys};
inline constexpr RollupTable kRollupTables[] = {kRollupTopic, kRollupEntity};
/// What is added to them for the history that a version of the model has been shown later. See rescored_history.hpp.
inline constexpr RollupTable kRescoredTopic{"rescored_topic", "rescored_topic", kTopicKeys};
inline constexpr RollupTable kRescoredEntity{"rescored_entity", "rescored_entity", kEntityKeys};
inline constexpr RollupTable kRescoredTables[] = {kRescoredTopic, kRescoredEntity};
/// All that retention folds and drops.
inline constexpr RollupTable kTablesOfSums[] = {kRollupTopic, kRollupEntity, kRescoredTopic, kRescoredEntity};

/// A view for users: a table's sums by minutes, hours or days (UTC).
struct RollupView {
  std::string_view name;
  RollupTable table;
  int minutes;
};
inline constexpr RollupView kRollupViews[] = {
    {"sentiment_minute", kRollupTopic, 1},        {"sentiment_hour", kRollupTopic, 60},
    {"sentiment_day", kRollupTopic, 1440},        {"sentiment_entity_minute", kRollupEntity, 1},
    {"sentiment_entity_hour", kRollupEntity, 60}, {"sentiment_entity_day", kRollupEntity, 1440}};

/// "stories_topic"
std::string vote_column(const SumColumn<VoteSums>& column, std::size_t grain);
/// Every column of a roll-up as it is read behind its keys, in order.
std::span<const std::string> sum_columns();

/// What a column adds up, as an SQL aggregate over rows (label, sentiment).
std::string aggregate(Summand of, Label label);
template <class Sums>
std::string aggregate(const SumColumn<Sums>& column) {
  return aggregate(column.of, column.label);
}

/// The same for one row in memory.
inline std::int64_t summand(Summand of, Label wanted, Label label, std::optional<std::int64_t> micro) {
  switch (of) {
    case Summand::rows:
      return 1;
    case Summand::rows_of_label:
      return label == wanted ? 1 : 0;
    case Summand::rows_of_class:
      return is_class(label) ? 1 : 0;
    case Summand::sentiment:
      return is_class(label) ? micro.value_or(0) : 0;
    case Summand::square:
      return is_class(label) ? square_nano(micro.value_or(0)) : 0;
  }
  return 0;
}

/// Adds a row to all sums, or takes it out (times = −1).
template <class Sums, std::size_t n>
void add_row(Sums& sums, const SumColumn<Sums> (&columns)[n], Label label, std::optional<std::int64_t> micro,
             int times) {
  for (const auto& column : columns) sums.*column.field += times * summand(column.of, column.label, label, micro);
}

}  // namespace tapewatch::storage
