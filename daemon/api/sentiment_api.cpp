#include "daemon/api/sentiment_api.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "daemon/api/format/sentiment_text.hpp"
#include "daemon/api/request/as_of.hpp"
#include "daemon/api/request/model_check.hpp"
#include "daemon/api/request/sentiment_query.hpp"
#include "daemon/api/request/topic_check.hpp"
#include "storage/document/watch_log.hpp"
#include "storage/source/source_coverage.hpp"

namespace tapewatch {
namespace {

using storage::SentimentSeries;

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

/// Series of companies, which were not watched always.
std::map<std::string, std::vector<bool>> read_watched(storage::Connection& connection,
                                                      const storage::SentimentQuery& query,
                                                      const storage::SentimentResult& result) {
  std::map<std::string, std::vector<bool>> watched;
  const storage::WatchLog log(connection);
  if (query.by_entity) {
    for (const SentimentSeries& series : result.series) {
      const std::string entity = series.key.entity.value_or("");
      if (watched.contains(entity)) continue;
      const std::vector<std::string> one = {entity};
      watched.emplace(entity, log.watched(one, query.edges, query.as_of));
    }
  } else if (!query.entities.empty()) {
    watched.emplace("", log.watched(query.entities, query.edges, query.as_of));
  }
  return watched;
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

ApiResponse typed(Format format, std::string body) {
  if (format == Format::csv) return csv_response(std::move(body));
  if (format == Format::ndjson) return ndjson_response(std::move(body));
  return json_response(std::move(body));
}

/// Sums of more points than may be held.
std::optional<storage::SentimentResult> read_points(storage::Connection& connection,
                                                    const storage::SentimentQuery& query) {
  try {
    return storage::SentimentReader(connection).read(query);
  } catch (const std::length_error&) {
    return std::nullopt;
  }
}

ApiResponse read_sentiment(storage::Connection& connection, const ApiRequest& http, SentimentRequest request,
                           const SentimentLimits& limits, const storage::StorageOptions& options) {
  request.query.max_points = limits.max_points;
  request.query.max_scores = limits.max_scores;
  auto result = read_points(connection, request.query);
  if (!result) {
    const auto scores = request.query.percentiles.empty()
                            ? std::string()
                            : fmt::format(", or than {} documents for percentiles", limits.max_scores);
    return refuse(http, fmt::format("more than {} buckets with news in them{}; ask for longer buckets, fewer series or "
                                    "a shorter range",
                                    limits.max_points, scores));
  }
  if (is_too_fine(request, *result)) {
    return refuse(http, fmt::format("before {} only quarter hours are kept; ask for 15m or longer",
                                    notation::format_rfc3339(*result->folded_before)));
  }
  auto coverage = read_coverage(connection, options, request, *result, http.now);
  auto watched = read_watched(connection, request.query, *result);
  SentimentAnswer answer{std::move(request), std::move(*result), std::move(coverage), std::move(watched), http.now};
  if (answer.points() > limits.max_points) {
    return refuse(http, fmt::format("{} series of {} buckets are more than {} points; ask for longer buckets, fewer "
                                    "series, or fill=none",
                                    answer.result.series.size(), answer.buckets(), limits.max_points));
  }
  const Format format = answer.request.format;
  const auto text = std::make_shared<SentimentText>(std::move(answer));
  ApiResponse response = typed(format, *text->next());
  if (!text->is_over()) {
    response.more = [text](std::chrono::steady_clock::time_point) { return text->next(); };
  }
  return response;
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
