#pragma once
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/time_buckets.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "storage/sentiment/sentiment_reader.hpp"

namespace tapewatch {

/// A parsed and checked request to /v1/sentiment.
struct SentimentRequest {
  storage::SentimentQuery query;
  BucketRequest buckets;
  std::optional<WallTime> as_of_time;  // as_of is a time; find_as_of() finds the row of the sequence
  bool fill = true;                    // buckets without documents are included, with null for unknown values
  bool by_series = true;               // shape=series, else one row per point
  Format format = Format::json;
};

/// Fills in `request`, or returns a refusal of the query. Reads only the parameters and the clock.
std::optional<ApiResponse> read_sentiment_request(const ApiRequest& http, const SentimentLimits& limits,
                                                  SentimentRequest& request);

}  // namespace tapewatch
