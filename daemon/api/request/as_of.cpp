// Tested by tests/daemon/api/as_of_test.cpp
#include "daemon/api/request/as_of.hpp"

#include <fmt/format.h>

#include "config/notation/rfc3339.hpp"
#include "storage/clock.hpp"
#include "storage/mark.hpp"
#include "storage/sentiment/as_known.hpp"

namespace tapewatch {

namespace {

ApiResponse refuse(const ApiRequest& http, const std::string& parameter, std::string detail) {
  return problem(problems::kInvalidParameter, parameter + ": " + detail, http.request_id,
                 {{FieldError::In::parameter, parameter, detail}});
}

}  // namespace

std::optional<ApiResponse> find_as_of(storage::Connection& connection, const ApiRequest& http,
                                      SentimentRequest& request) {
  auto& query = request.query;
  const bool other_time = query.time != storage::SentimentQuery::Time::published;
  const bool as_known = request.as_of_time || query.as_of;
  if (!as_known && !other_time && query.percentiles.empty()) return std::nullopt;
  const auto swept = storage::read_mark(connection, storage::kSweptBefore);
  if (swept && query.edges.front() < storage::from_ms(*swept)) {
    return refuse(http, "from",
                  fmt::format("documents before {} have been deleted (storage.retention), and {} needs them; ask from "
                              "then on",
                              notation::format_rfc3339(storage::from_ms(*swept)),
                              other_time ? "time"
                              : as_known ? "as_of"
                                         : "percentiles"));
  }
  const std::int64_t newest = storage::Clock(connection).last_seq();
  if (query.as_of && *query.as_of > newest) {
    return refuse(http, "as_of", fmt::format("the newest sequence number is {}", newest));
  }
  if (request.as_of_time) query.as_of = storage::seq_as_of(connection, *request.as_of_time);
  return std::nullopt;
}

}  // namespace tapewatch
