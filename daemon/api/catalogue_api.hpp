#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/api/request/name_check.hpp"
#include "daemon/server/router.hpp"
#include "model/package/model_config.hpp"

namespace tapewatch {

/// What the catalogue lists besides the database: the model's topics, the watch list, the configured sources.
struct CatalogueParts {
  std::vector<model::TopicName> topics;
  PresentNames names;
};

/// GET /v1/topics, /v1/entities, /v1/sources. `readers` must outlive the router.
void add_catalogue_routes(Router& router, ReaderPool& readers, CatalogueParts parts);

}  // namespace tapewatch
