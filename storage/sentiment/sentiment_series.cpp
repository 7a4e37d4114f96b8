// Tested by tests/storage/sentiment/sentiment_reader_test.cpp
#include "storage/sentiment/sentiment_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "storage/connection/query_builder.hpp"
#include "storage/document/dictionary.hpp"
#include "storage/sentiment/model_marks.hpp"

namespace tapewatch::storage {

SentimentPlan plan_for(Connection& connection, const SentimentQuery& query) {
  const auto distinct = [](const std::vector<std::string>& ids) { return std::set(ids.begin(), ids.end()).size(); };
  const std::size_t topics = distinct(query.topics), sources = distinct(query.sources),
                    entities = distinct(query.entities);
  SentimentPlan plan;
  plan.entities = query.by_entity || entities > 0;
  plan.in_topic = query.by_topic || topics == 1;
  plan.in_source = query.by_source || sources == 1;
  plan.in_entity = query.by_entity || entities == 1;
  if (topics > 0) plan.topic_keys = key_list(connection, "topic", query.topics);
  if (sources > 0) plan.source_keys = key_list(connection, "source", query.sources);
  if (entities > 0) plan.entity_keys = key_list(connection, "entity", query.entities);
  if (query.model) {
    auto read = connection.prepare("SELECT key, rescored_first_at IS NOT NULL FROM model WHERE id = ?");
    const bool known = read.bind(1, *query.model).step();
    plan.model = known ? read.integer(0) : -1;
    plan.rescored = known && read.flag(1);
  }
  // Votes of several series do not add up to the votes of their union, and roll-ups cannot split a minute.
  const bool unions =
      (topics > 1 && !plan.in_topic) || (sources > 1 && !plan.in_source) || (entities > 1 && !plan.in_entity);
  const bool whole_minutes =
      std::all_of(query.edges.begin(), query.edges.end(), [](TimePoint edge) { return to_ms(edge) % kMinuteMs == 0; });
  plan.as_of = query.as_of;
  plan.raw = unions || !whole_minutes || plan.as_of || query.time != SentimentQuery::Time::published;
  return plan;
}

SeriesSums::SeriesSums(const SentimentQuery& query) : query_(query) {
  const auto& edges = query.edges;
  width_ = to_ms(edges[1]) - to_ms(edges[0]);
  for (std::size_t i = 1; i + 1 < edges.size() && width_ != 0; ++i) {
    if (to_ms(edges[i + 1]) - to_ms(edges[i]) != width_) width_ = 0;
  }
}

std::size_t SeriesSums::bucket_of(std::int64_t at_ms) const {
  const auto& edges = query_.edges;
  if (width_ != 0) return static_cast<std::size_t>((at_ms - to_ms(edges[0])) / width_);
  return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), from_ms(at_ms)) - edges.begin()) - 1;
}

void BucketSums::note_model(std::int64_t key) {
  if (std::find(models.begin(), models.end(), key) == models.end()) models.push_back(key);
}

void BucketSums::add(const BucketSums& other) {
  for (const auto& column : kDocumentColumns) documents.*column.field += other.documents.*column.field;
  for (const auto& column : kVoteColumns) votes.*column.field += other.votes.*column.field;
  for (const std::int64_t model : other.models) note_model(model);
}

std::size_t SeriesSums::Buckets::merge() {
  if (ascending) return 0;
  const std::size_t before = sums.size();
  std::stable_sort(sums.begin(), sums.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < sums.size(); ++i) {
    if (sums[kept].first == sums[i].first) {
      sums[kept].second.add(sums[i].second);
    } else if (++kept != i) {
      sums[kept] = std::move(sums[i]);
    }
  }
  sums.resize(kept + 1);
  ascending = true;
  merge_at = std::max(merge_at, 2 * sums.size());
  return before - sums.size();
}

BucketSums& SeriesSums::at(const Key& key, std::int64_t at_ms) {
  if (last_ == series_.end() || last_->first != key) last_ = series_.try_emplace(key).first;
  Buckets& buckets = last_->second;
  const std::size_t bucket = bucket_of(at_ms);
  if (!buckets.sums.empty() && buckets.sums.back().first == bucket) return buckets.sums.back().second;
  if (buckets.sums.size() >= buckets.merge_at) held_ -= buckets.merge();
  if (held_ >= query_.max_points) {
    for (auto& [other, all] : series_) held_ -= all.merge();
    if (held_ >= query_.max_points) throw std::length_error("more points than the query allows");
  }
  ++held_;
  if (!buckets.sums.empty() && bucket <= buckets.sums.back().first) buckets.ascending = false;
  return buckets.sums.emplace_back(bucket, BucketSums{}).second;
}

void SeriesSums::note_score(const Key& key, std::int64_t at_ms, std::int64_t micro) {
  if (scores_held_ >= query_.max_scores) throw std::length_error("more scores than the query allows");
  ++scores_held_;
  scores_[key].add(bucket_of(at_ms), micro);
}

namespace {

std::string name_of(Connection& connection, const char* table, std::int64_t key) {
  auto read = connection.prepare(fmt::format("SELECT id FROM {} WHERE key = ?", table));
  return read.bind(1, key).step() ? read.text(0) : std::string();
}

void add_statistics(SentimentPoint& point, std::int64_t n, std::int64_t sum, std::int64_t sum_squares) {
  point.scored = n;
  point.sum = static_cast<double>(sum) / 1e6;
  point.sum_squares = static_cast<double>(sum_squares) / 1e9;
  if (n > 0) point.mean = point.sum / static_cast<double>(n);
  if (n > 1) {
    const double count = static_cast<double>(n);
    const double variance = std::max(0.0, (point.sum_squares - point.sum * point.sum / count) / (count - 1));
    point.standard_error = std::sqrt(variance / count);
  }
}

std::optional<double> mean_of(std::int64_t n, std::int64_t sum) {
  if (n == 0) return std::nullopt;
  return static_cast<double>(sum) / 1e6 / static_cast<double>(n);
}

SentimentPoint point_of(const BucketSums& sums, SentimentQuery::Unit unit) {
  const DocumentSums& documents = sums.documents;
  const VoteSums& votes = sums.votes;
  SentimentPoint point;
  point.documents = documents.documents;
  point.stories = votes.stories;
  point.positive = documents.positive;
  point.neutral = documents.neutral;
  point.negative = documents.negative;
  point.negative_stories = votes.negative;
  point.abstained = documents.abstained;
  point.unscored = documents.unscored;
  const std::int64_t scored_documents = point.positive + point.neutral + point.negative;
  point.document_mean = mean_of(scored_documents, documents.sum);
  point.story_mean = mean_of(votes.scored, votes.sum);
  if (unit == SentimentQuery::Unit::story) {
    add_statistics(point, votes.scored, votes.sum, votes.sum_squares);
  } else {
    add_statistics(point, scored_documents, documents.sum, documents.sum_squares);
  }
  return point;
}

}  // namespace

std::vector<SentimentSeries> SeriesSums::finish(Connection& connection, std::optional<bool> several_versions) {
  std::vector<SentimentSeries> all;
  ModelMarks marks(connection, query_);
  for (auto& [key, buckets] : series_) {
    buckets.merge();
    SentimentSeries series;
    series.points.reserve(buckets.sums.size());
    if (query_.by_entity) series.key.entity = name_of(connection, "entity", key[0]);
    if (query_.by_topic) series.key.topic = name_of(connection, "topic", key[1]);
    if (query_.by_source) series.key.source = name_of(connection, "source", key[2]);
    marks.begin_series();
    BucketScores& scores = scores_[key];
    scores.sort();
    for (const auto& [bucket, sums] : buckets.sums) {
      SentimentPoint point = point_of(sums, query_.unit);
      if (point.documents == 0 && point.stories == 0) continue;  // revised away
      point.bucket = bucket;
      point.t = query_.edges[bucket];
      point.percentiles = scores.next(bucket, query_.percentiles);
      point.models = marks.next(sums.models, bucket);
      series.points.push_back(std::move(point));
    }
    decltype(buckets.sums)().swap(buckets.sums);
    scores = {};
    if (!series.points.empty()) all.push_back(std::move(series));
  }
  if (!several_versions.value_or(marks.several())) {
    for (auto& series : all) {
      for (auto& point : series.points) point.models.clear();
    }
  }
  if (all.empty() && !query_.by_entity && !query_.by_topic && !query_.by_source) all.emplace_back();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return all;
}

}  // namespace tapewatch::storage
