#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <vector>

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

/// The sums of a bucket, and the versions of the model under which they count.
struct BucketSums : RollupDelta {
  std::vector<std::int64_t> models;  ///< keys, each once, in no order

  void note_model(std::int64_t key);
};

/// Sums by series and bucket. Keys of dimensions that are not grouped by are 0.
class SeriesSums {
 public:
  using Key = std::array<std::int64_t, 3>;  ///< entity, topic, source
  explicit SeriesSums(const SentimentQuery& query);

  /// The sums of the bucket that `at` lies in.
  BucketSums& at(const Key& key, std::int64_t at_ms);
  /// Names the series, leaves empty points out, and does the statistics over `grain` or documents.
  std::vector<SentimentSeries> finish(Connection& connection, Grain grain) const;

 private:
  std::size_t bucket_of(std::int64_t at_ms) const;

  const SentimentQuery& query_;
  std::int64_t width_ = 0;  ///< of every bucket; 0 where they differ
  std::map<Key, std::map<std::size_t, BucketSums>> sums_;
};

void read_rollups(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums);
void read_rows(Connection& connection, const SentimentQuery& query, const SentimentPlan& plan, SeriesSums& sums);

}  // namespace tapewatch::storage
