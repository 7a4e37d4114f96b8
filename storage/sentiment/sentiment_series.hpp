#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "storage/sentiment/percentiles.hpp"
#include "storage/sentiment/rollup.hpp"
#include "storage/sentiment/sentiment_reader.hpp"

namespace tapewatch::storage {

/// The dimensions that form series, and the filters of the query as keys.
struct SentimentPlan {
  bool entities = false;                                        ///< sentiments towards entities, not of documents
  std::string topic_keys, source_keys, entity_keys;             ///< "(1,2)"; "" for all
  bool in_topic = false, in_source = false, in_entity = false;  ///< a series lies within one topic, source, entity
  std::optional<std::int64_t> model;                            ///< −1: a version that there is not
  bool rescored = false;                                        ///< it has scored documents again
  std::optional<std::int64_t> as_of;                            ///< a row of the sequence: as it was known then
  bool raw = false;                                             ///< roll-ups cannot answer it

  Grain grain() const { return grain_of(in_topic, in_source); }
};

SentimentPlan plan_for(Connection& connection, const SentimentQuery& query);

/// The sums of a bucket in the query's grain, and the versions of the model under which they count.
struct BucketSums {
  DocumentSums documents;
  VoteSums votes;
  std::vector<std::int64_t> models;  ///< keys, each once, in no order

  void note_model(std::int64_t key);
  void add(const BucketSums& other);
};

/// Sums by series and bucket. Keys of dimensions that are not grouped by are 0.
class SeriesSums {
 public:
  using Key = std::array<std::int64_t, 3>;  ///< entity, topic, source
  explicit SeriesSums(const SentimentQuery& query);

  /// The sums of the bucket that `at` lies in; they move when the next bucket is asked for. Cheap for one series after
  /// the other or one time after the other, as roll-ups come. Throws std::length_error for more than the query allows.
  BucketSums& at(const Key& key, std::int64_t at_ms);
  /// A document's score, for the percentiles of its bucket. Throws std::length_error for more than the query allows.
  void note_score(const Key& key, std::int64_t at_ms, std::int64_t micro);
  /// Names the series, leaves empty points out, and does the statistics over stories or documents. Once: it gives the
  /// memory of each series back as it goes. `several_versions`: of the model count in the answer, where these series
  /// are only a part of it.
  std::vector<SentimentSeries> finish(Connection& connection, std::optional<bool> several_versions = std::nullopt);

 private:
  /// The buckets of a series in the order in which they came; a bucket may stand there several times until merge().
  struct Buckets {
    std::vector<std::pair<std::size_t, BucketSums>> sums;
    bool ascending = true;        ///< and each bucket once
    std::size_t merge_at = 1024;  ///< so that the rows of unordered queries do not pile up

    /// Returns how many it has freed.
    std::size_t merge();
  };
  std::size_t bucket_of(std::int64_t at_ms) const;

  const SentimentQuery& query_;
  std::int64_t width_ = 0;  ///< of every bucket; 0 where they differ
  std::map<Key, Buckets> series_;
  std::map<Key, Buckets>::iterator last_ = series_.end();
  std::size_t held_ = 0;  ///< buckets of all series
  std::map<Key, BucketScores> scores_;
  std::size_t scores_held_ = 0;
};

/// All of an answer but its series.
SentimentResult answer_head(Connection& connection, const SentimentQuery& query);
void read_rollups(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums);
/// Only the documents' scores, for percentiles.
void read_scores(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums);
void read_rows(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums);

}  // namespace tapewatch::storage
