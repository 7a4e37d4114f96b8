#pragma once

#include <spdlog/logger.h>

#include <functional>
#include <memory>
#include <span>

#include "alerts/formats/signed_links.hpp"
#include "config/config.hpp"
#include "daemon/api/output_api.hpp"
#include "daemon/api/probes.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/pipeline/intake/post_source.hpp"
#include "daemon/pipeline/intake/source_health.hpp"
#include "daemon/pipeline/rescoring/rescoring_task.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/pipeline/writing/rule_board.hpp"
#include "daemon/reload/live_config.hpp"
#include "daemon/reload/reload_result.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// What the routes use. The references must outlive the router.
struct RouteParts {
  const config::Config& config;
  const Probes& probes;
  Metrics& metrics;
  const RuleBoard& rules;
  Authenticator& auth;
  ReaderPool& readers;
  WriterQueue& writer;
  DocumentIntake& intake;
  std::span<const std::unique_ptr<PostSource>> posts;
  std::shared_ptr<const EventClock> clock;
  std::shared_ptr<const model::ModelPackage> model;
  std::shared_ptr<ScorerFactory> scorers;
  ReportSources sources;
  const LiveConfig& live;
  RescoringTask& rescoring;
  RequestReload reload = {};
  std::function<bool()> paused = {};         ///< whether ingestion waits for free disk space
  std::function<std::string()> links = {};   ///< the start of links in messages
  std::shared_ptr<spdlog::logger> log = {};  ///< of what operators do
  alerts::AlertLinks signed_links = {};      ///< by which messages open single alerts
  ReportOutputs outputs = {};                ///< null: there are none
};

/// Adds every route of the daemon. Call before the server starts.
void add_routes(Router& router, const RouteParts& parts);

}  // namespace tapewatch
