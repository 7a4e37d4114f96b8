#pragma once
#include "daemon/api/reader_pool.hpp"
#include "daemon/api/request/name_check.hpp"
#include "daemon/pipeline/scoring/model_names.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/documents and /v1/documents/{id}. `names`: the watch list and the configured sources; what is stored is
/// known too. `readers` must outlive the router. `explain=1` explains how the current model scores the stored text,
/// with `scorers`; without them it is refused as not built.
void add_document_routes(Router& router, ReaderPool& readers, ModelNames model, PresentNames names = {},
                         std::shared_ptr<ScorerFactory> scorers = nullptr);

}  // namespace tapewatch
