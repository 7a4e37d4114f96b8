// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/request/topic_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/toml/nearest.hpp"
#include "storage/source/catalogue_reader.hpp"

namespace tapewatch {

std::optional<ApiResponse> unknown_topics(storage::Connection& connection, std::span<const std::string> of_model,
                                          std::span<const std::string> asked, const ApiRequest& request) {
  if (asked.empty()) return std::nullopt;
  std::vector<std::string> known(of_model.begin(), of_model.end());
  for (auto& topic : storage::CatalogueReader(connection).topics()) known.push_back(std::move(topic.id));
  if (known.empty()) return std::nullopt;
  const std::vector<std::string_view> names(known.begin(), known.end());
  std::vector<FieldError> errors;
  for (const std::string& topic : asked) {
    if (std::find(known.begin(), known.end(), topic) != known.end()) continue;
    errors.push_back({FieldError::In::parameter, "topic",
                      fmt::format("there is no topic '{}'{}", topic, config::did_you_mean(topic, names))});
  }
  if (errors.empty()) return std::nullopt;
  return problem(problems::kInvalidParameter, "topic: " + errors.front().detail, request.request_id, errors);
}

}  // namespace tapewatch
