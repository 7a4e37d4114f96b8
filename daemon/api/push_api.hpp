#pragma once
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/server/router.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch {

struct PushOptions {
  ingest::DocumentLimits limits;
  std::size_t max_body_bytes = 8 * 1024 * 1024;
  std::string default_source = "push";  // of documents that name none
  std::function<bool()> paused;         // whether ingestion waits for free disk space; empty: never
};

/// POST /v1/documents: an object, {"documents":[…]}, an array, or NDJSON. Answers in the order of the documents, after
/// the commit that made each durable; at the deadline the rest are `unknown`. Nothing is accepted when the queue has no
/// room for all, when the deadline passes before they are queued, or while ingestion is paused. `intake` and `metrics`
/// must outlive the router.
void add_push_routes(Router& router, PushOptions options, DocumentIntake& intake,
                     std::shared_ptr<const EventClock> clock, Metrics& metrics);

}  // namespace tapewatch
