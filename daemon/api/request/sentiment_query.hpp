#pragma once
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/time_buckets.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "storage/sentiment/sentiment_reader.hpp"

namespace tapewatch {

/// A request to /v1/sentiment, read and checked.
struct SentimentRequest {
  storage::SentimentQuery query;
  BucketRequest buckets;
  bool fill = true;       // buckets without documents are there, with null for what is not known
  bool by_series = true;  // shape=series, else one row a point
  Format format = Format::json;
};

/// Fills in `request`; an answer where the query cannot be understood. Reads only the parameters and the clock.
std::optional<ApiResponse> read_sentiment_request(const ApiRequest& http, const SentimentLimits& limits,
                                                  SentimentRequest& request);

}  // namespace tapewatch
