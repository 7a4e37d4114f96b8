#pragma once

#include "config/toml/load.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "model/package/model_package.hpp"

namespace tapewatch {

/// The ids that rules may name: the model's topics and risk events, the companies and the tags of the watch list.
config::KnownIds known_ids(const model::ModelPackage& model, const ingest::EntityFinder& finder);

}  // namespace tapewatch
