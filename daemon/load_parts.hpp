#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "config/load.hpp"
#include "daemon/pipeline/mapping.hpp"
#include "ingest/entity_finder.hpp"
#include "model/model_package.hpp"

namespace tapewatch {

/// What a configuration names and does not hold. A part that cannot be loaded is null.
struct LoadedParts {
  std::shared_ptr<const model::ModelPackage> model;
  std::shared_ptr<const ingest::EntityFinder> finder;
};

/// Loads the model and the watch list, and checks what only they and librdkafka can know: ids that rules name, Kafka's
/// properties. Errors are added to `loaded.errors` with the place of the key, those within the watch list with its own
/// line. `check` and `run` share it, so that nothing that is called fine fails to start.
LoadedParts load_parts(config::LoadResult& loaded);

/// What is allowed and hardly meant, with its place.
std::vector<config::ConfigError> config_warnings(const config::LoadResult& loaded);

/// The watch list at `path` as a finder; an empty path watches nobody. Throws std::runtime_error naming file and line.
std::shared_ptr<const ingest::EntityFinder> load_watchlist(const std::string& path);

/// The same for a text in memory; `name` stands for the file in messages.
std::shared_ptr<const ingest::EntityFinder> parse_watchlist_text(std::string_view csv, const std::string& name);

/// The names that the pipeline needs of a model.
ModelNames model_names(const model::ModelPackage& model);

}  // namespace tapewatch
