#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemon/client/client.hpp"

namespace tapewatch {

/// Whom to connect to, and how.
struct ProbeRequest {
  std::string url;      ///< http or https; its path is not asked for
  std::string ca_file;  ///< as in ClientOptions
  ProxyOptions proxy;
  NetworkReach reach = NetworkReach::any;
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  ///< name look-up, connection and TLS together
};

struct ProbeAnswer {
  std::optional<ClientError> error;                             ///< absent: connected, and the certificate is accepted
  std::optional<std::chrono::sys_seconds> certificate_expires;  ///< accepted or not; absent without TLS
};

/// Connects as HttpClient does, through the proxy where there is one, up to the end of the TLS handshake, and sends no
/// request. Blocks for the time-out at most; any thread. Throws std::runtime_error for a `ca_file` that cannot be used.
ProbeAnswer probe_connection(const ProbeRequest& request);

}  // namespace tapewatch
