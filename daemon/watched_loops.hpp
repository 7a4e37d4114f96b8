#pragma once

#include <vector>

#include "daemon/pipeline/incoming.hpp"
#include "daemon/pipeline/scoring/inference_loop.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"
#include "daemon/sources.hpp"
#include "daemon/status.hpp"

namespace tapewatch {

/// The loops that /healthz watches: no progress for 30 s with work waiting is a failure. The references outlive the
/// result.
std::vector<WatchedLoop> watched_loops(InferenceLoop& inference, DocumentQueue& documents, WriterLoop& writer,
                                       WriterQueue& queue, Sources& sources);

}  // namespace tapewatch
