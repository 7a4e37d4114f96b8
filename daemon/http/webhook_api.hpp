#pragma once
#include <vector>

#include "alerts/webhook_options.hpp"
#include "daemon/http/reader_pool.hpp"
#include "daemon/http/router.hpp"
#include "daemon/pipeline/writer_queue.hpp"

namespace tapewatch {

/// GET /v1/webhooks, POST /v1/webhooks/{name}/enable and POST /v1/deliveries/{id}/retry. The two writes are commands of
/// the writer's queue and are answered after their commit. `readers` and `writer` must outlive the router.
void add_webhook_routes(Router& router, ReaderPool& readers, std::vector<alerts::WebhookOptions> webhooks,
                        WriterQueue& writer);

}  // namespace tapewatch
