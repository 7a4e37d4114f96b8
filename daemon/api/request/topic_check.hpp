#pragma once
#include <span>
#include <string>

#include "daemon/server/problem.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// 400 for topic ids that neither the model nor the stored history knows, each with the nearest known id. Topics are a
/// closed list, so such an id is a mistake; sources and entities are open lists. If no topic is known at all, nothing
/// is refused.
std::optional<ApiResponse> unknown_topics(storage::Connection& connection, std::span<const std::string> of_model,
                                          std::span<const std::string> asked, const ApiRequest& request);

}  // namespace tapewatch
