#pragma once
#include "daemon/pipeline/scoring/model_names.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/server/router.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch {

struct ScoreApiOptions {
  ingest::DocumentLimits limits;
  std::size_t max_items = 256;
  std::size_t batch = 16;  // the deadline is checked between batches
  std::size_t max_body_bytes = 8 * 1024 * 1024;
};

/// POST /v1/score: {"texts":[…]} or {"documents":[…]}, with "explain": true each with its explanation →
/// {"model","results":[…]}, in order; an item that cannot be scored has {"id","error"} in its place. Runs on the query
/// threads with its own scorers, so that it cannot delay the incoming news.
void add_score_routes(Router& router, std::shared_ptr<ScorerFactory> scorers, ModelNames names,
                      ScoreApiOptions options);

}  // namespace tapewatch
