// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/request/topic_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/former_topics.hpp"
#include "daemon/api/request/unknown_ids.hpp"
#include "storage/source/catalogue_reader.hpp"

namespace tapewatch {

std::optional<ApiResponse> unknown_topics(storage::Connection& connection, const ModelNames& model,
                                          const std::vector<std::string>& asked, const ApiRequest& request) {
  if (asked.empty()) return std::nullopt;
  std::vector<std::string> known = model.topics;
  for (const auto& [former, topic] : model.former_topics) known.push_back(former);
  for (auto& topic : storage::CatalogueReader(connection).topics()) known.push_back(std::move(topic.id));
  return refuse_unknown("topic", "topic", known, asked, request);
}

std::optional<ApiResponse> unknown_events(storage::Connection& connection, const ModelNames& model,
                                          const std::vector<std::string>& asked, const ApiRequest& request) {
  if (asked.empty()) return std::nullopt;
  std::vector<std::string> known = model.events;
  for (auto& event : storage::CatalogueReader(connection).risk_events()) known.push_back(std::move(event));
  return refuse_unknown("event", "risk event", known, asked, request);
}

std::vector<std::string> with_former_topics(const std::vector<std::string>& asked, const ModelNames& model) {
  std::vector<std::string> all = asked;
  config::rename_topics(all, model.former_topics);
  const std::vector<std::string> present = all;
  for (const auto& [former, topic] : model.former_topics) {
    if (std::find(present.begin(), present.end(), topic) != present.end()) all.push_back(former);
  }
  return all;
}

void warn_of_former_topics(const std::vector<std::string>& asked, const model::FormerTopics& former_topics,
                           ApiResponse& response) {
  for (const auto& [former, topic] : former_topics) {
    if (std::find(asked.begin(), asked.end(), former) == asked.end()) continue;
    response.headers.emplace_back("Warning",
                                  fmt::format("299 tapewatch \"{}\"", config::former_topic_words(former, topic)));
  }
}

}  // namespace tapewatch
