#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Which documents make which series. A filter with several values that is not also a grouping is one series over all
/// of them, and costs a query over raw rows (votes of stories do not add up); everything else is a sum of roll-ups.
struct SentimentQuery {
  std::vector<TimePoint> edges;                        ///< bucket i is [edges[i], edges[i+1]); ascending, at least two
  std::vector<std::string> topics, entities, sources;  ///< ids; empty: all
  bool by_topic = false, by_entity = false, by_source = false;
  /// A version of the model: only what counts under it. Nothing: each document under the version in force when it was
  /// scored, and each vote under that with which it was given.
  std::optional<std::string> model;
  /// A row of the sequence: only what was known then. Neither with `model` nor with the time at which documents were
  /// scored. Costs a query over raw rows, as another time than the published one does.
  std::optional<std::int64_t> as_of;
  /// The time by which a document lies in a bucket: published (or received, if that was earlier), received, or the
  /// scoring of its present revision.
  enum class Time { published, received, scored } time = Time::published;
  std::size_t max_points = std::numeric_limits<std::size_t>::max();  ///< with a document or a vote in them
  /// Of the scores of documents (towards the entity in series of entities), each from 0 to 100. Found in raw rows.
  std::vector<double> percentiles;
  std::size_t max_scores = std::numeric_limits<std::size_t>::max();  ///< that percentiles are found in
  enum class Unit { story, document } unit = Unit::story;  ///< what sum, sum_squares, mean and stderr are computed over
};

struct SeriesKey {
  std::optional<std::string> topic, entity, source;    ///< set for what was grouped by; topic "" holds the unscored
  auto operator<=>(const SeriesKey&) const = default;  // NOLINT(modernize-use-nullptr): misread by clang-tidy 14
};

/// Class counts are documents, in their latest revision. A story votes once per series, in the bucket and with the
/// label of its first document there, as that document first arrived.
struct SentimentPoint {
  std::size_t bucket = 0;
  TimePoint t{};  ///< edges[bucket]
  std::int64_t documents = 0, stories = 0, positive = 0, neutral = 0, negative = 0, negative_stories = 0, abstained = 0,
               unscored = 0;
  std::int64_t scored = 0;  ///< n of the mean: documents or stories that are positive, neutral or negative
  double sum = 0, sum_squares = 0;
  std::optional<double> mean;                       ///< nothing where scored is 0
  std::optional<double> standard_error;             ///< of the mean, from the sample variance; nothing below two
  std::optional<double> document_mean, story_mean;  ///< whatever the unit; nothing where none is scored
  std::vector<double> percentiles;                  ///< in the order of the query; empty where no document is scored
  /// The versions of the model under which it counts, where they change: at the first point of a series and where they
  /// are others than at the point before. Empty at all other points, and throughout an answer of one version.
  std::vector<std::string> models;
};

struct SentimentSeries {
  SeriesKey key;
  std::vector<SentimentPoint> points;  ///< ascending; buckets without a document and without a vote are absent
};

struct SentimentResult {
  std::vector<SentimentSeries> series;     ///< in order of key; without grouping exactly one
  std::vector<std::string> models;         ///< versions whose documents lie in the range
  std::int64_t seq = 0;                    ///< newest of the database, or `as_of`
  std::optional<TimePoint> folded_before;  ///< before it only quarter hours are known
};

/// Sentiment history, consistent within one read transaction. Sums are exact (integers of 1e-6 and 1e-9).
class SentimentReader {
 public:
  explicit SentimentReader(Connection& connection) : connection_(connection) {}
  /// Throws StorageError; std::invalid_argument for edges that do not rise; std::length_error for more points or
  /// scores than the query allows.
  SentimentResult read(const SentimentQuery& query) const;
  /// The same from raw rows, whatever the selection: the reference for testing read().
  SentimentResult read_raw(const SentimentQuery& query) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
