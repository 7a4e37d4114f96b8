#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/server/problem.hpp"

namespace tapewatch {

/// 400 for ids of a query parameter that are not among the known ones, each with the nearest known one: "there is no
/// `what` 'x' (did you mean 'y'?)". Nothing is refused where none is known.
std::optional<ApiResponse> refuse_unknown(const std::string& parameter, const std::string& what,
                                          const std::vector<std::string>& known, const std::vector<std::string>& asked,
                                          const ApiRequest& request);

}  // namespace tapewatch
