#include "daemon/api/sentiment_api.hpp"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "daemon/api/format/sentiment_text.hpp"
#include "daemon/api/request/as_of.hpp"
#include "daemon/api/request/model_check.hpp"
#include "daemon/api/request/sentiment_query.hpp"
#include "daemon/api/request/topic_check.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/watch_log.hpp"
#include "storage/sentiment/company_series.hpp"
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

/// Whether the companies of a series were watched in each bucket; nothing where it is not of companies.
std::optional<std::vector<bool>> watched_of(storage::Connection& connection, const storage::SentimentQuery& query,
                                            const SentimentSeries& series) {
  const storage::WatchLog log(connection);
  if (query.by_entity) {
    const std::vector<std::string> one = {series.key.entity.value_or("")};
    return log.watched(one, query.edges, query.as_of);
  }
  if (query.entities.empty()) return std::nullopt;
  return log.watched(query.entities, query.edges, query.as_of);
}

/// Series that have been read.
SeriesSource source_of(storage::Connection& connection, const storage::SentimentQuery& query,
                       std::vector<SentimentSeries> series) {
  const auto read = std::make_shared<std::deque<ToldSeries>>();
  std::map<std::string, std::optional<std::vector<bool>>> watched;
  for (SentimentSeries& one : series) {
    const auto [known, is_new] = watched.try_emplace(one.key.entity.value_or(""));
    if (is_new) known->second = watched_of(connection, query, one);
    read->push_back({std::move(one), known->second});
  }
  return [read]() -> std::optional<ToldSeries> {
    if (read->empty()) return std::nullopt;
    std::optional<ToldSeries> next(std::move(read->front()));
    read->pop_front();
    return next;
  };
}

/// The companies of an answer that is sent while it is read, from one state of the database, which is held for a
/// limited time. One thread at a time.
class HeldCompanies {
 public:
  using Deadline = ReaderPool::Deadline;

  /// `own`: a connection of its own.
  HeldCompanies(std::unique_ptr<storage::Connection> own, storage::SentimentQuery query, Deadline hold_until)
      : own_(std::move(own)), query_(std::move(query)), hold_until_(hold_until), snapshot_(std::in_place, *own_) {}

  /// False: the answer is not given by company. First of all.
  bool begin() {
    series_ = storage::CompanySeries::of(*own_, query_);
    return series_.has_value();
  }
  const storage::SentimentResult& head() const { return series_->head(); }
  storage::Connection& connection() { return *own_; }
  /// Reads what is left if the state of the database has been held for long enough, and lets go of it.
  void keep_to_limit() {
    if (!is_held() || std::chrono::steady_clock::now() < hold_until_) return;
    while (auto told = read()) left_.push_back(std::move(*told));
    snapshot_.reset();
  }
  std::optional<ToldSeries> next() {
    if (is_held()) return read();
    if (left_.empty()) return std::nullopt;
    std::optional<ToldSeries> told(std::move(left_.front()));
    left_.pop_front();
    return told;
  }
  bool is_held() const { return snapshot_.has_value(); }

 private:
  std::optional<ToldSeries> read() {
    auto series = series_->next();
    if (!series) return std::nullopt;
    auto watched = watched_of(*own_, query_, *series);
    return ToldSeries{std::move(*series), std::move(watched)};
  }

  const std::unique_ptr<storage::Connection> own_;
  const storage::SentimentQuery query_;
  const Deadline hold_until_;
  std::optional<storage::ReadTransaction> snapshot_;  // ends before its connection is closed
  std::optional<storage::CompanySeries> series_;
  std::deque<ToldSeries> left_;
};

/// Minutes merged into quarter hours cannot be separated again.
bool is_too_fine(const SentimentRequest& request, const storage::SentimentResult& head) {
  const bool fine = request.buckets.bucket == Bucket::minute || request.buckets.bucket == Bucket::five_minutes;
  return fine && head.folded_before && request.query.edges.front() < *head.folded_before;
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

ApiResponse too_fine(const ApiRequest& http, const storage::SentimentResult& head) {
  return refuse(http, fmt::format("before {} only quarter hours are kept; ask for 15m or longer",
                                  notation::format_rfc3339(*head.folded_before)));
}

ApiResponse too_many_points(const ApiRequest& http, const SentimentRequest& request, const SentimentLimits& limits) {
  const auto scores = request.query.percentiles.empty()
                          ? std::string()
                          : fmt::format(", or than {} documents for percentiles", limits.max_scores);
  return refuse(http, fmt::format("more than {} buckets with news in them{}; ask for longer buckets, fewer series or "
                                  "a shorter range",
                                  limits.max_points, scores));
}

std::size_t points_of(const SentimentRequest& request, const storage::SentimentResult& result) {
  if (request.fill) return result.series.size() * (request.query.edges.size() - 1);
  std::size_t count = 0;
  for (const auto& series : result.series) count += series.points.size();
  return count;
}

/// An answer that has been read as a whole.
ApiResponse answer_whole(storage::Connection& connection, const ApiRequest& http, SentimentRequest request,
                         const SentimentLimits& limits, const storage::StorageOptions& options) {
  auto result = read_points(connection, request.query);
  if (!result) return too_many_points(http, request, limits);
  if (is_too_fine(request, *result)) return too_fine(http, *result);
  if (points_of(request, *result) > limits.max_points) {
    return refuse(http, fmt::format("{} series of {} buckets are more than {} points; ask for longer buckets, fewer "
                                    "series, or fill=none",
                                    result->series.size(), request.query.edges.size() - 1, limits.max_points));
  }
  auto coverage = read_coverage(connection, options, request, *result, http.now);
  auto source = source_of(connection, request.query, std::exchange(result->series, {}));
  const Format format = request.format;
  const auto text = std::make_shared<SentimentText>(
      SentimentAnswer{std::move(request), std::move(*result), std::move(coverage), std::move(source), http.now});
  ApiResponse response = typed(format, *text->next());
  if (!text->is_over()) {
    response.more = [text](std::chrono::steady_clock::time_point) { return text->next(); };
  }
  return response;
}

/// A long answer: the first companies, and while they are sent the others. Nothing: it has to be read as a whole.
std::optional<ApiResponse> answer_by_company(ReaderPool& readers, const ApiRequest& http, SentimentRequest request,
                                             const SentimentLimits& limits) {
  const auto held = std::make_shared<HeldCompanies>(readers.open(), request.query,
                                                    std::chrono::steady_clock::now() + limits.held_state);
  std::optional<ApiResponse> response;
  readers.use_own(held->connection(), http.deadline, [&](storage::Connection& connection) {
    if (!held->begin()) return;
    if (is_too_fine(request, held->head())) {
      response = too_fine(http, held->head());
      return;
    }
    auto coverage = read_coverage(connection, readers.options(), request, held->head(), http.now);
    const Format format = request.format;
    const auto text = std::make_shared<SentimentText>(SentimentAnswer{
        std::move(request), held->head(), std::move(coverage), [held] { return held->next(); }, http.now});
    response = typed(format, *text->next());
    if (text->is_over()) return;
    response->more = [&readers, held, text](ReaderPool::Deadline deadline) -> std::optional<std::string> {
      if (text->is_over() || !held->is_held()) return text->next();
      std::optional<std::string> part;
      readers.use_own(held->connection(), deadline, [&](storage::Connection&) {
        held->keep_to_limit();
        part = text->next();
      });
      return part;
    };
  });
  return response;
}

ApiResponse read_sentiment(storage::Connection& connection, ReaderPool& readers, const ApiRequest& http,
                           SentimentRequest request, const SentimentLimits& limits) {
  request.query.max_points = limits.max_points;
  request.query.max_scores = limits.max_scores;
  if (storage::CompanySeries::most_points(connection, request.query) > limits.sent_whole) {
    if (auto response = answer_by_company(readers, http, request, limits)) return std::move(*response);
  }
  return answer_whole(connection, http, std::move(request), limits, readers.options());
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
          auto response = read_sentiment(connection, readers, http, request, limits);
          warn_of_former_topics(asked, present.former_topics, response);
          return response;
        });
      }});
}

}  // namespace tapewatch
