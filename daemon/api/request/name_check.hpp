#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/pipeline/intake/source_health.hpp"
#include "daemon/server/problem.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "storage/connection/connection.hpp"
#include "storage/storage_options.hpp"

namespace tapewatch {

/// Names that exist before a document has them. Either may be absent: then only what is stored is known.
struct PresentNames {
  std::function<std::shared_ptr<const ingest::EntityFinder>()> finder;  ///< the watch list; a reload replaces it
  ReportSources sources;                                                ///< the configured sources
};

/// 400 for companies that neither the watch list nor the history knows, and for sources that are neither configured nor
/// in the history, each with the nearest known id: a mistyped one would look like a company without news.
std::optional<ApiResponse> unknown_names(storage::Connection& connection, const storage::StorageOptions& options,
                                         const PresentNames& present, const std::vector<std::string>& entities,
                                         const std::vector<std::string>& sources, const ApiRequest& request);

}  // namespace tapewatch
