#pragma once
#include "daemon/http/reader_pool.hpp"
#include "daemon/http/router.hpp"
#include "daemon/pipeline/mapping.hpp"

namespace tapewatch {

/// GET /v1/documents and /v1/documents/{id}. `readers` must outlive the router.
void add_document_routes(Router& router, ReaderPool& readers, ModelNames model);

}  // namespace tapewatch
