#pragma once

#include <string>

#include "daemon/api/operator_change.hpp"
#include "daemon/pipeline/rescoring/rescoring_task.hpp"

namespace tapewatch {

struct RescoreApiOptions {
  std::string model;  ///< the present version
  bool has_entity_head = false;
  std::size_t max_body_bytes = 4 * 1024;
  std::size_t max_json_depth = 4;
};

/// POST /v1/rescore: {"from","to","entities"}, all optional → stored history is scored by the present model, beside the
/// scores that it has, once the request is committed with its entry in the audit. GET /v1/rescore → how far that is.
/// `task` must outlive the router.
void add_rescore_routes(Router& router, RescoringTask& task, const OperatorDesk& desk, RescoreApiOptions options);

}  // namespace tapewatch
