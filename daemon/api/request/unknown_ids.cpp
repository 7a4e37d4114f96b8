// Tested by tests/daemon/api/name_check_test.cpp
#include "daemon/api/request/unknown_ids.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/toml/nearest.hpp"

namespace tapewatch {

std::optional<ApiResponse> refuse_unknown(const std::string& parameter, const std::string& what,
                                          const std::vector<std::string>& known, const std::vector<std::string>& asked,
                                          const ApiRequest& request) {
  if (known.empty()) return std::nullopt;
  const std::vector<std::string_view> names(known.begin(), known.end());
  std::vector<FieldError> errors;
  for (const std::string& id : asked) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    errors.push_back({FieldError::In::parameter, parameter,
                      fmt::format("there is no {} '{}'{}", what, id, config::did_you_mean(id, names))});
  }
  if (errors.empty()) return std::nullopt;
  return problem(problems::kInvalidParameter, parameter + ": " + errors.front().detail, request.request_id, errors);
}

}  // namespace tapewatch
