// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/request/sentiment_query.hpp"

#include <fmt/format.h>

#include "config/notation/time_zone.hpp"
#include "config/zone_data.hpp"

namespace tapewatch {
namespace {

void read_grouping(Parameters& parameters, storage::SentimentQuery& query) {
  for (const std::string& dimension : parameters.list("group_by")) {
    if (dimension == "topic") {
      query.by_topic = true;
    } else if (dimension == "entity") {
      query.by_entity = true;
    } else if (dimension == "source") {
      query.by_source = true;
    } else {
      parameters.error("group_by", fmt::format("\"{}\" is not one of topic, entity, source", dimension));
    }
  }
}

void read_buckets(Parameters& parameters, const ApiRequest& http, const SentimentLimits& limits,
                  BucketRequest& buckets) {
  buckets.most = limits.max_buckets;
  buckets.to = parameters.time("to").value_or(http.now);
  buckets.from = parameters.time("from").value_or(buckets.to - limits.default_range);
  if (buckets.from >= buckets.to) parameters.error("from", "must be before to");
  if (const auto zone = parameters.text("tz")) {
    if (!notation::TimeZone::find(*zone)) parameters.error("tz", config::unknown_zone(*zone));
    buckets.time_zone = *zone;
  }
  const auto bucket = parameters.choice("bucket", {"1m", "5m", "15m", "1h", "1d", "1w", "auto"});
  const auto chosen = bucket ? parse_bucket(*bucket) : std::nullopt;  // absent and auto
  buckets.bucket = chosen ? *chosen : choose_bucket(buckets.to - buckets.from, limits.auto_buckets);
}

}  // namespace

std::optional<ApiResponse> read_sentiment_request(const ApiRequest& http, const SentimentLimits& limits,
                                                  SentimentRequest& request) {
  Parameters parameters(http);
  read_buckets(parameters, http, limits, request.buckets);
  request.query.topics = parameters.list("topic");
  request.query.entities = parameters.list("entity");
  request.query.sources = parameters.repeated("source");
  read_grouping(parameters, request.query);
  request.query.model = parameters.text("model");
  if (parameters.choice("unit", {"story", "document"}) == "document") {
    request.query.unit = storage::SentimentQuery::Unit::document;
  }
  request.fill = parameters.choice("fill", {"null", "none"}).value_or("null") == "null";
  request.by_series = parameters.choice("shape", {"series", "long"}).value_or("series") == "series";
  if (parameters.choice("time", {"published", "received", "scored"}).value_or("published") != "published") {
    parameters.not_built("time");
  }
  parameters.not_built("as_of");
  request.format = read_format(parameters, http);
  if (auto refusal = parameters.problem()) return refusal;

  auto edges = bucket_edges(request.buckets);
  if (!edges) {
    parameters.error("bucket",
                     fmt::format("more than {} buckets; ask for longer ones or a shorter range", limits.max_buckets));
    return parameters.problem();
  }
  request.query.edges = std::move(*edges);
  return std::nullopt;
}

}  // namespace tapewatch
