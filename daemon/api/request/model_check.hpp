#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/server/problem.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// 400 for a version of the model that has scored nothing and does not score now (`present`), naming those that are
/// known.
std::optional<ApiResponse> unknown_model(storage::Connection& connection, std::string_view present,
                                         const std::optional<std::string>& asked, const ApiRequest& request);

}  // namespace tapewatch
