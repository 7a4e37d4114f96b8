#pragma once
#include <vector>

#include "alerts/delivery/webhook_options.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

/// GET /v1/webhooks, POST /v1/webhooks/{name}/enable and POST /v1/deliveries/{id}/retry. The two writes are commands of
/// the writer's queue and are answered after their commit. `readers` and `writer` must outlive the router.
void add_webhook_routes(Router& router, ReaderPool& readers, std::vector<alerts::WebhookOptions> webhooks,
                        WriterQueue& writer);

}  // namespace tapewatch
