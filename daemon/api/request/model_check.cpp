#include "daemon/api/request/model_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storage/source/catalogue_reader.hpp"

namespace tapewatch {

std::optional<ApiResponse> unknown_model(storage::Connection& connection, std::string_view present,
                                         const std::optional<std::string>& asked, const ApiRequest& request) {
  if (!asked) return std::nullopt;
  std::vector<std::string> known = storage::CatalogueReader(connection).models();
  const bool listed = std::find(known.begin(), known.end(), present) != known.end();
  if (!listed && !present.empty()) known.emplace_back(present);
  if (std::find(known.begin(), known.end(), *asked) != known.end()) return std::nullopt;
  const std::string detail = known.empty()
                                 ? fmt::format("there is no version '{}': nothing has been scored yet", *asked)
                                 : fmt::format("there is no version '{}', but '{}'", *asked, fmt::join(known, "', '"));
  return problem(problems::kInvalidParameter, "model: " + detail, request.request_id,
                 {{FieldError::In::parameter, "model", detail}});
}

}  // namespace tapewatch
