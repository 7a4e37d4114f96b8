#include "daemon/api/format/sentiment_text.hpp"

#include <fmt/format.h>

namespace tapewatch {
namespace {

using storage::SentimentPoint;

void append_key(notation::JsonWriter& json, const storage::SeriesKey& key) {
  if (key.topic) json.field("topic", *key.topic);
  if (key.entity) json.field("entity", *key.entity);
  if (key.source) json.field("source", *key.source);
}

void append_head(notation::JsonWriter& json, const SentimentAnswer& answer) {
  json.field("from", answer.edges().front()).field("to", answer.edges().back());
  json.field("bucket", bucket_name(answer.request.buckets.bucket)).field("tz", answer.request.buckets.time_zone);
  const auto& models = answer.head.models;
  json.key("model");
  if (answer.request.query.model) {
    json.value(*answer.request.query.model);
  } else if (models.empty()) {
    json.null();
  } else {
    json.value(models.back());
  }
  json.key("models").begin_array();
  for (const std::string& model : models) json.value(model);
  json.end_array();
  json.field("seq", answer.head.seq);
  json.field("folded_before", answer.head.folded_before);
}

constexpr int kSumsOfPoint = 11;  // from documents to sum_squares

bool is_of_companies(const storage::SentimentQuery& query) { return query.by_entity || !query.entities.empty(); }

std::string percentile_name(double percentile) { return fmt::format("p{}", percentile); }

std::string csv_header(const storage::SentimentQuery& query) {
  std::string out = "t";
  if (query.by_topic) out += ",topic";
  if (query.by_entity) out += ",entity";
  if (query.by_source) out += ",source";
  out +=
      ",documents,stories,positive,neutral,negative,negative_stories,abstained,unscored,scored,sum,sum_squares,mean,"
      "stderr,coverage,complete,models,document_mean,story_mean";
  if (is_of_companies(query)) out += ",watched";
  for (const double percentile : query.percentiles) out += "," + percentile_name(percentile);
  return out + "\r\n";
}

}  // namespace

const Coverage& SentimentAnswer::coverage_of(const storage::SentimentSeries& one) const {
  return coverage.at(request.query.by_source ? one.key.source.value_or("") : "");
}

SentimentText::SentimentText(SentimentAnswer answer) : answer_(std::move(answer)) {
  for (const double percentile : answer_.request.query.percentiles) percentiles_.push_back(percentile_name(percentile));
}

std::optional<std::string> SentimentText::next(std::size_t points) {
  if (over_) return std::nullopt;
  if (!begun_) begin();
  while (points > 0 && has_series()) {
    if (const SentimentPoint* next = point()) {
      append(*next);
      --points;
    } else {
      end_series();
    }
  }
  return answer_.request.format == Format::csv ? std::exchange(csv_, {}) : json_.take_part();
}

bool SentimentText::has_series() {
  if (told_) return true;
  if (over_) return false;
  told_ = answer_.series();
  told_ ? begin_series() : end();
  return told_.has_value();
}

void SentimentText::begin() {
  begun_ = true;
  if (answer_.request.format == Format::csv) csv_ = csv_header(answer_.request.query);
  if (answer_.request.format != Format::json) return;
  json_.begin_object();
  append_head(json_, answer_);
  json_.key(answer_.request.by_series ? "series" : "rows").begin_array();
}

void SentimentText::begin_series() {
  coverage_ = &answer_.coverage_of(series());
  if (!is_series_json()) return;
  json_.begin_object().key("key").begin_object();
  append_key(json_, series().key);
  json_.end_object().key("points").begin_array();
}

const SentimentPoint* SentimentText::point() {
  const auto& points = series().points;
  if (!answer_.request.fill) return stored_ < points.size() ? &points[stored_++] : nullptr;
  if (bucket_ == answer_.buckets()) return nullptr;
  const std::size_t bucket = bucket_++;
  if (stored_ < points.size() && points[stored_].bucket == bucket) return &points[stored_++];
  empty_.bucket = bucket;
  empty_.t = answer_.edges()[bucket];
  return &empty_;
}

void SentimentText::append(const SentimentPoint& point) {
  if (answer_.request.format == Format::csv) {
    append_csv(point);
    return;
  }
  json_.begin_object();
  if (!is_series_json()) append_key(json_, series().key);
  append_json(point);
  json_.end_object();
  if (answer_.request.format == Format::ndjson) json_.end_line();
}

bool SentimentText::was_watched(const SentimentPoint& point) const {
  return !told_->watched || (*told_->watched)[point.bucket];
}

bool SentimentText::is_unknown(const SentimentPoint& point) const {
  return point.documents == 0 && point.stories == 0 && !was_watched(point);
}

void SentimentText::append_sums(const SentimentPoint& point) {
  if (is_unknown(point)) {
    for (const char* name : {"documents", "stories", "positive", "neutral", "negative", "negative_stories", "abstained",
                             "unscored", "scored", "sum", "sum_squares"}) {
      json_.key(std::string_view(name)).null();
    }
    return;
  }
  json_.field("documents", point.documents).field("stories", point.stories);
  json_.field("positive", point.positive).field("neutral", point.neutral).field("negative", point.negative);
  json_.field("negative_stories", point.negative_stories);
  json_.field("abstained", point.abstained).field("unscored", point.unscored).field("scored", point.scored);
  json_.field("sum", point.sum).field("sum_squares", point.sum_squares);
}

void SentimentText::append_json(const SentimentPoint& point) {
  json_.field("t", point.t);
  append_sums(point);
  json_.field("mean", point.mean).field("stderr", point.standard_error);
  json_.field("document_mean", point.document_mean).field("story_mean", point.story_mean);
  append_percentiles(point);
  // A bucket is complete when its time is over; late documents may still change it.
  json_.field("coverage", (*coverage_)[point.bucket]);
  json_.field("complete", answer_.edges()[point.bucket + 1] <= answer_.now);
  if (is_of_companies(answer_.request.query)) json_.field("watched", was_watched(point));
  if (point.models.empty()) return;
  json_.key("models").begin_array();
  for (const std::string& model : point.models) json_.value(model);
  json_.end_array();
}

void SentimentText::append_percentiles(const SentimentPoint& point) {
  for (std::size_t i = 0; i < percentiles_.size(); ++i) {
    json_.key(percentiles_[i]);
    if (point.percentiles.empty()) {
      json_.null();
    } else {
      json_.value(point.percentiles[i]);
    }
  }
}

void SentimentText::append_csv(const SentimentPoint& point) {
  const auto& query = answer_.request.query;
  const auto& key = series().key;
  line_.field(point.t);
  if (query.by_topic) line_.field(key.topic.value_or(""));
  if (query.by_entity) line_.field(key.entity.value_or(""));
  if (query.by_source) line_.field(key.source.value_or(""));
  if (is_unknown(point)) {
    for (int i = 0; i < kSumsOfPoint; ++i) line_.field("");
  } else {
    line_.field(point.documents).field(point.stories).field(point.positive).field(point.neutral);
    line_.field(point.negative).field(point.negative_stories).field(point.abstained).field(point.unscored);
    line_.field(point.scored).field(point.sum).field(point.sum_squares);
  }
  line_.field(point.mean).field(point.standard_error);
  line_.field((*coverage_)[point.bucket]).field(answer_.edges()[point.bucket + 1] <= answer_.now);
  line_.field(std::string_view(fmt::format("{}", fmt::join(point.models, ";"))));
  line_.field(point.document_mean).field(point.story_mean);
  if (is_of_companies(query)) line_.field(was_watched(point));
  for (std::size_t i = 0; i < percentiles_.size(); ++i) {
    line_.field(point.percentiles.empty() ? std::nullopt : std::optional(point.percentiles[i]));
  }
  line_.end_into(csv_);
}

void SentimentText::end_series() {
  if (is_series_json()) json_.end_array().end_object();
  told_.reset();
  bucket_ = stored_ = 0;
}

void SentimentText::end() {
  over_ = true;
  if (answer_.request.format == Format::json) json_.end_array().end_object();
}

}  // namespace tapewatch
