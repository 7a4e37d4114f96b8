#pragma once
#include "config/notation/json_writer.hpp"
#include "daemon/api/operator_change.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/server/router.hpp"
#include "storage/alert/outbox.hpp"

namespace tapewatch {

/// A delivery as an object, without its attempts.
void append_delivery(notation::JsonWriter& json, const storage::OutboxRow& row);

/// GET /v1/deliveries and /v1/deliveries/{id}, the latter with every attempt. `readers` must outlive the router.
void add_delivery_routes(Router& router, ReaderPool& readers);

/// POST /v1/deliveries/{id}/retry: a command of the writer's queue, answered after its commit. The desk's queue must
/// outlive the router.
void add_retry_route(Router& router, const OperatorDesk& desk);

}  // namespace tapewatch
