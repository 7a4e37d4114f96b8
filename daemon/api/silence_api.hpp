#pragma once
#include <functional>
#include <string>
#include <vector>

#include "alerts/notification/silence_options.hpp"
#include "daemon/api/operator_change.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

inline constexpr std::size_t kMaxSilenceBytes = 64 * 1024;

/// What keeps a silence from matching anything now, in sentences; see config::silence_doubts.
using SilenceDoubts = std::function<std::vector<std::string>(alerts::Silence&)>;

/// GET and POST /v1/silences, DELETE /v1/silences/{id}. `readers` and the desk's queue must outlive the router.
void add_silence_routes(Router& router, ReaderPool& readers, const OperatorDesk& desk, SilenceDoubts doubts = {});

}  // namespace tapewatch
