#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tapewatch::config {

struct LogOptions {
  std::string level = "info";   // trace, debug, info, warning, error
  std::string format = "text";  // or "json"
};

struct AuthOptions {
  std::string tokens_file;  // "" = no token is needed, and only loopback listeners are allowed
};

/// The HTTP listener over TLS. Paths are absolute or relative to the working directory once load() has returned them.
struct TlsOptions {
  std::string certificate;  // PEM: the server's own, then those between it and an authority; "" = HTTP without TLS
  std::string key;          // PEM; load() fills in the file of the certificate where none is named
};

/// Options of the process itself: where it keeps its data, where it listens, and every limit of its queues and its HTTP
/// server. Paths are absolute or relative to the working directory once load() has returned them.
struct DaemonOptions {
  std::string data_dir;  // load() fills in $STATE_DIRECTORY or /var/lib/tapewatch
  std::vector<std::string> listen = {"127.0.0.1:8080"};
  std::string external_url;  // no trailing slash; "" = links begin with http:// and the first listener
  std::chrono::milliseconds link_lifetime = std::chrono::hours{24 * 7};  // how long a link in a message opens its alert
  /// For feeds and webhooks without one: a URL, perhaps with a password; "" = none. Absent: feeds use the
  /// environment's.
  std::optional<std::string> proxy;
  std::vector<std::string> no_proxy;       // hosts reached directly
  bool proxy_trusted = false;              // the proxy itself refuses redirects to private addresses
  std::string contact;                     // of whoever runs this: a URL or e-mail address, told to publishers
  std::string user_agent;                  // for feeds without one, instead of tapewatch's with the contact
  std::vector<std::string> metrics_hosts;  // names in Host under which /metrics is answered without a token
  LogOptions log;
  AuthOptions auth;
  TlsOptions tls;

  std::size_t max_request_bytes = std::size_t{8} << 20;
  std::size_t max_in_flight = 64;     // requests in progress; above it: 503 with Retry-After
  std::size_t max_connections = 512;  // open sockets, including idle ones
  std::size_t max_sse_clients = 64;
  unsigned max_requests_per_second = 0;  // of each token, and of each address without one; above it: 429; 0 = no limit
  unsigned max_request_burst = 100;      // as many at once, after a pause
  std::chrono::milliseconds request_deadline = std::chrono::seconds{30};
  std::chrono::milliseconds shutdown_deadline = std::chrono::seconds{5};
  std::size_t documents_queue = 512;  // decoded, not yet scored
  std::size_t scored_queue = 512;     // scored, not yet written
  unsigned query_threads = 2;         // read-only connections for HTTP
  unsigned scoring_threads = 8;       // requests of POST /v1/score that take turns at the model
};

}  // namespace tapewatch::config
