#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daemon/pipeline/mapping.hpp"
#include "ingest/entity_finder.hpp"
#include "model/model_package.hpp"

namespace tapewatch {

/// The watch list at `path` as a finder; an empty path watches nobody. Throws std::runtime_error naming file and line.
std::shared_ptr<const ingest::EntityFinder> load_watchlist(const std::string& path);

/// The same for a text in memory; `name` stands for the file in messages.
std::shared_ptr<const ingest::EntityFinder> parse_watchlist_text(std::string_view csv, const std::string& name);

/// The names that the pipeline needs of a model.
ModelNames model_names(const model::ModelPackage& model);

}  // namespace tapewatch
