// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/sentiment_api.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "config/notation/json_writer.hpp"
#include "daemon/api/request/as_of.hpp"
#include "daemon/api/request/model_check.hpp"
#include "daemon/api/request/sentiment_query.hpp"
#include "daemon/api/request/topic_check.hpp"
#include "storage/source/source_coverage.hpp"

namespace tapewatch {
namespace {

using storage::SentimentPoint;
using storage::SentimentSeries;
using Coverage = std::vector<std::optional<double>>;

/// Everything a response is written from.
struct Answer {
  const SentimentRequest& request;
  const storage::SentimentResult& result;
  std::map<std::string, Coverage> coverage;  // by source where grouped by source, else under ""
  WallTime now;

  const std::vector<WallTime>& edges() const { return request.query.edges; }
  const Coverage& coverage_of(const SentimentSeries& series) const {
    return coverage.at(request.query.by_source ? series.key.source.value_or("") : "");
  }
  /// A bucket is complete when its time is over; late documents may still change it.
  bool is_complete(std::size_t bucket) const { return edges()[bucket + 1] <= now; }
};

/// The points of a series, including empty buckets if requested.
std::vector<SentimentPoint> filled_points(const Answer& answer, const SentimentSeries& series) {
  if (!answer.request.fill) return series.points;
  std::vector<SentimentPoint> points(answer.edges().size() - 1);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].bucket = i;
    points[i].t = answer.edges()[i];
  }
  for (const SentimentPoint& point : series.points) points[point.bucket] = point;
  return points;
}

void append_point(notation::JsonWriter& json, const Answer& answer, const SentimentPoint& point,
                  const Coverage& coverage) {
  json.field("t", point.t).field("documents", point.documents).field("stories", point.stories);
  json.field("positive", point.positive).field("neutral", point.neutral).field("negative", point.negative);
  json.field("negative_stories", point.negative_stories);
  json.field("abstained", point.abstained).field("unscored", point.unscored).field("scored", point.scored);
  json.field("sum", point.sum).field("sum_squares", point.sum_squares);
  json.field("mean", point.mean).field("stderr", point.standard_error);
  json.field("coverage", coverage[point.bucket]).field("complete", answer.is_complete(point.bucket));
  if (point.models.empty()) return;
  json.key("models").begin_array();
  for (const std::string& model : point.models) json.value(model);
  json.end_array();
}

void append_key(notation::JsonWriter& json, const storage::SeriesKey& key) {
  if (key.topic) json.field("topic", *key.topic);
  if (key.entity) json.field("entity", *key.entity);
  if (key.source) json.field("source", *key.source);
}

void append_head(notation::JsonWriter& json, const Answer& answer) {
  json.field("from", answer.edges().front()).field("to", answer.edges().back());
  json.field("bucket", bucket_name(answer.request.buckets.bucket)).field("tz", answer.request.buckets.time_zone);
  const auto& models = answer.result.models;
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
  json.field("seq", answer.result.seq);
}

std::string as_json(const Answer& answer) {
  notation::JsonWriter json;
  json.begin_object();
  append_head(json, answer);
  json.key(answer.request.by_series ? "series" : "rows").begin_array();
  for (const SentimentSeries& series : answer.result.series) {
    const Coverage& coverage = answer.coverage_of(series);
    if (answer.request.by_series) {
      json.begin_object().key("key").begin_object();
      append_key(json, series.key);
      json.end_object().key("points").begin_array();
    }
    for (const SentimentPoint& point : filled_points(answer, series)) {
      json.begin_object();
      if (!answer.request.by_series) append_key(json, series.key);
      append_point(json, answer, point, coverage);
      json.end_object();
    }
    if (answer.request.by_series) json.end_array().end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string as_ndjson(const Answer& answer) {
  std::string out;
  for (const SentimentSeries& series : answer.result.series) {
    const Coverage& coverage = answer.coverage_of(series);
    for (const SentimentPoint& point : filled_points(answer, series)) {
      notation::JsonWriter json;
      json.begin_object();
      append_key(json, series.key);
      append_point(json, answer, point, coverage);
      json.end_object();
      out += json.text();
      out += '\n';
    }
  }
  return out;
}

std::string as_csv(const Answer& answer) {
  const auto& query = answer.request.query;
  std::string out = "t";
  if (query.by_topic) out += ",topic";
  if (query.by_entity) out += ",entity";
  if (query.by_source) out += ",source";
  out +=
      ",documents,stories,positive,neutral,negative,negative_stories,abstained,unscored,scored,sum,sum_squares,mean,"
      "stderr,"
      "coverage,complete,models\r\n";
  for (const SentimentSeries& series : answer.result.series) {
    const Coverage& coverage = answer.coverage_of(series);
    for (const SentimentPoint& point : filled_points(answer, series)) {
      CsvLine line;
      line.field(point.t);
      if (query.by_topic) line.field(series.key.topic.value_or(""));
      if (query.by_entity) line.field(series.key.entity.value_or(""));
      if (query.by_source) line.field(series.key.source.value_or(""));
      line.field(point.documents).field(point.stories).field(point.positive).field(point.neutral);
      line.field(point.negative).field(point.negative_stories).field(point.abstained).field(point.unscored);
      line.field(point.scored);
      line.field(point.sum).field(point.sum_squares).field(point.mean).field(point.standard_error);
      line.field(coverage[point.bucket]).field(answer.is_complete(point.bucket));
      line.field(std::string_view(fmt::format("{}", fmt::join(point.models, ";")))).end_into(out);
    }
  }
  return out;
}

std::map<std::string, Coverage> read_coverage(storage::Connection& connection, const storage::StorageOptions& options,
                                              const SentimentRequest& request, const storage::SentimentResult& result,
                                              WallTime now) {
  const storage::SourceCoverage heard(connection, options);
  std::map<std::string, Coverage> coverage;
  if (!request.query.by_source) {
    coverage.emplace("", heard.coverage(request.query.edges, request.query.sources, now));
    return coverage;
  }
  for (const SentimentSeries& series : result.series) {
    const std::string source = series.key.source.value_or("");
    if (coverage.contains(source)) continue;
    const std::vector<std::string> one = {source};
    coverage.emplace(source, heard.coverage(request.query.edges, one, now));
  }
  return coverage;
}

/// Minutes merged into quarter hours cannot be separated again.
bool is_too_fine(const SentimentRequest& request, const storage::SentimentResult& result) {
  const bool fine = request.buckets.bucket == Bucket::minute || request.buckets.bucket == Bucket::five_minutes;
  return fine && result.folded_before && request.query.edges.front() < *result.folded_before;
}

ApiResponse refuse(const ApiRequest& http, std::string detail) {
  std::vector<FieldError> errors;
  errors.push_back({FieldError::In::parameter, "bucket", detail});
  return problem(problems::kInvalidParameter, detail, http.request_id, errors);
}

ApiResponse read_sentiment(storage::Connection& connection, const ApiRequest& http, const SentimentRequest& request,
                           const SentimentLimits& limits, const storage::StorageOptions& options) {
  const auto result = storage::SentimentReader(connection).read(request.query);
  if (is_too_fine(request, result)) {
    return refuse(http, fmt::format("before {} only quarter hours are kept; ask for 15m or longer",
                                    notation::format_rfc3339(*result.folded_before)));
  }
  if (result.series.size() * (request.query.edges.size() - 1) > limits.max_points) {
    return refuse(http,
                  fmt::format("{} series of {} buckets are more than {} points; ask for longer buckets or fewer series",
                              result.series.size(), request.query.edges.size() - 1, limits.max_points));
  }
  const Answer answer{request, result, read_coverage(connection, options, request, result, http.now), http.now};
  switch (request.format) {
    case Format::csv:
      return csv_response(as_csv(answer));
    case Format::ndjson:
      return ndjson_response(as_ndjson(answer));
    case Format::json:
      break;
  }
  return json_response(as_json(answer));
}

}  // namespace

void add_sentiment_routes(Router& router, ReaderPool& readers, ModelNames present, PresentNames names,
                          SentimentLimits limits) {
  router.get(
      "/v1/sentiment", Access::read, QueryHandler{[&readers, present, names, limits](const ApiRequest& http) {
        SentimentRequest request;
        if (auto refusal = read_sentiment_request(http, limits, request)) return std::move(*refusal);
        auto& topics = request.query.topics;
        const auto asked = std::exchange(topics, with_former_topics(topics, present));
        return readers.answer(http, [&](storage::Connection& connection) {
          if (auto refusal = unknown_topics(connection, present, asked, http)) return std::move(*refusal);
          const auto& query = request.query;
          if (auto refusal = unknown_names(connection, readers.options(), names, query.entities, query.sources, http)) {
            return std::move(*refusal);
          }
          if (auto refusal = unknown_model(connection, present.version, request.query.model, http)) {
            return std::move(*refusal);
          }
          if (auto refusal = find_as_of(connection, http, request)) return std::move(*refusal);
          auto response = read_sentiment(connection, http, request, limits, readers.options());
          warn_of_former_topics(asked, present.former_topics, response);
          return response;
        });
      }});
}

}  // namespace tapewatch
