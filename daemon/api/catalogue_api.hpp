#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/pipeline/intake/source_health.hpp"
#include "daemon/server/router.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "model/package/model_config.hpp"

namespace tapewatch {

/// What the catalogue lists besides the database: the model's topics, the watch list, the configured sources.
struct CatalogueParts {
  std::vector<model::TopicName> topics;
  std::function<std::shared_ptr<const ingest::EntityFinder>()> finder;  // the current one: a reload replaces it
  ReportSources sources;                                                // none: only what the database knows
};

/// GET /v1/topics, /v1/entities, /v1/sources. `readers` must outlive the router.
void add_catalogue_routes(Router& router, ReaderPool& readers, CatalogueParts parts);

}  // namespace tapewatch
