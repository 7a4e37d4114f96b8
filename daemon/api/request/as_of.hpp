#pragma once
#include "daemon/api/request/sentiment_query.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// Finds the row of the sequence that `as_of` means, or returns a refusal: what lies ahead, and a range of which raw
/// rows, which `as_of` and `time` are read from, have been deleted.
std::optional<ApiResponse> find_as_of(storage::Connection& connection, const ApiRequest& http,
                                      SentimentRequest& request);

}  // namespace tapewatch
