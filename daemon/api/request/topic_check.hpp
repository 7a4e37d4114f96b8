#pragma once
#include <string>
#include <vector>

#include "daemon/pipeline/scoring/model_names.hpp"
#include "daemon/server/problem.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// 400 for topic ids that neither the model nor the stored history knows, each with the nearest known id. If no topic
/// is known at all, nothing is refused.
std::optional<ApiResponse> unknown_topics(storage::Connection& connection, const ModelNames& model,
                                          const std::vector<std::string>& asked, const ApiRequest& request);

/// The same for risk events.
std::optional<ApiResponse> unknown_events(storage::Connection& connection, const ModelNames& model,
                                          const std::vector<std::string>& asked, const ApiRequest& request);

/// The topics asked for as the history has them: one that others were merged into with their ids, which what earlier
/// models have scored still carries; a former id with the topic that holds its texts now.
std::vector<std::string> with_former_topics(const std::vector<std::string>& asked, const ModelNames& model);

/// Tells the caller of former ids in a header `Warning`.
void warn_of_former_topics(const std::vector<std::string>& asked, const model::FormerTopics& former_topics,
                           ApiResponse& response);

}  // namespace tapewatch
