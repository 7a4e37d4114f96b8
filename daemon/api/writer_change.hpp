#pragma once
#include <functional>
#include <memory>

#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// A request that writes without being news.
using Change = std::function<ApiResponse(storage::Connection&, TimePoint now)>;

/// Runs `write` in the writer's transaction and responds with its result once that is committed. What a DeferredHandler
/// returns.
std::shared_ptr<DeferredAnswer> change(WriterQueue& writer, const ApiRequest& http, const Reply& reply, Change write);

}  // namespace tapewatch
