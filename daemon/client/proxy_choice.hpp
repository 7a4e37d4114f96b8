#pragma once

#include <string>

#include "daemon/client/client.hpp"

namespace tapewatch {

/// The proxy's URL for requests to `host` (as HttpTarget has it), or "" for a direct request.
std::string proxy_for(const ProxyOptions& proxy, const std::string& host, bool tls = false);

}  // namespace tapewatch
