// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/request/sentiment_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace tapewatch {
namespace {

constexpr std::size_t kMostPercentiles = 20;

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
  if (auto zone = parameters.zone("tz")) buckets.time_zone = std::move(*zone);
  const auto bucket = parameters.choice("bucket", {"1m", "5m", "15m", "1h", "1d", "1w", "auto"});
  const auto chosen = bucket ? parse_bucket(*bucket) : std::nullopt;  // absent and auto
  buckets.bucket = chosen ? *chosen : choose_bucket(buckets.to - buckets.from, limits.auto_buckets);
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// `time` and `as_of`: by which time documents are ordered, and what was known when. A bare number is a sequence
/// number.
void read_knowledge(Parameters& parameters, const ApiRequest& http, SentimentRequest& request) {
  using Time = storage::SentimentQuery::Time;
  auto& query = request.query;
  const auto time = parameters.choice("time", {"published", "received", "scored"}).value_or("published");
  query.time = time == "received" ? Time::received : time == "scored" ? Time::scored : Time::published;
  const auto as_of = parameters.text("as_of");
  if (as_of && is_number(*as_of)) {
    query.as_of = parameters.integer("as_of", 0, std::numeric_limits<std::int64_t>::max());
  } else if (as_of) {
    request.as_of_time = parameters.time("as_of");
    if (request.as_of_time && *request.as_of_time > http.now) parameters.error("as_of", "lies ahead");
  }
  if (as_of && query.model) parameters.error("as_of", "cannot be asked for with model");
  if (as_of && query.time == Time::scored) {
    parameters.error("as_of", "cannot be asked for with time=scored: when earlier revisions were scored is not kept");
  }
  if (query.model && query.time == Time::scored) {
    parameters.error("time", "cannot be scored with model: a version may have scored history later");
  }
}

/// "5,25,50"; each once.
void read_percentiles(Parameters& parameters, storage::SentimentQuery& query) {
  int place = 0;
  for (const std::string& member : parameters.list("percentiles", kMostPercentiles)) {
    ++place;
    double value = 0;
    const char* end = member.data() + member.size();
    const auto [rest, error] = std::from_chars(member.data(), end, value);
    if (error != std::errc() || rest != end || !(value >= 0 && value <= 100)) {
      parameters.error("percentiles", fmt::format("number {}, \"{}\", is not from 0 to 100", place, member));
    } else if (std::find(query.percentiles.begin(), query.percentiles.end(), value) != query.percentiles.end()) {
      parameters.error("percentiles", fmt::format("number {}, {}, is there twice", place, member));
    } else {
      query.percentiles.push_back(value);
    }
  }
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
  read_percentiles(parameters, request.query);
  request.fill = parameters.choice("fill", {"null", "none"}).value_or("null") == "null";
  request.by_series = parameters.choice("shape", {"series", "long"}).value_or("series") == "series";
  read_knowledge(parameters, http, request);
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
