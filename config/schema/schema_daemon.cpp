// Tested by tests/config/toml/load_test.cpp
#include <algorithm>

#include "config/schema/schema.hpp"
#include "config/toml/units.hpp"

namespace tapewatch::config {
namespace {

using namespace std::chrono_literals;

void check_listen(Reader& reader, const Place& place, const Text& text) {
  if (!parse_listen_address(text.value)) {
    reader.error(place, "expected an address and a port, as in \"127.0.0.1:8080\", \"[::1]:8080\" or \"localhost:0\"");
  }
}

void check_host_name(Reader& reader, const Place& place, const Text& text) {
  const bool has_port = std::count(text.value.begin(), text.value.end(), ':') == 1;
  if (text.value.empty() || has_port || text.value.find_first_of("/[]*@ ") != std::string::npos) {
    reader.error(place, "expected a host name without a port, as in \"tapewatch.example.com\"");
  }
}

/// It stands in a comment of User-Agent.
void check_contact(Reader& reader, const Place& place, const Text& text) {
  const auto unfit = [](char c) { return c <= ' ' || c == 0x7F || c == '(' || c == ')' || c == '\\'; };
  if (std::any_of(text.value.begin(), text.value.end(), unfit)) {
    reader.error(place, "expected a URL or an e-mail address, as in \"https://desk.example.com/feeds\"");
  }
}

void check_external_url(Reader& reader, const Place& place, const Text& text) {
  if (text.value.empty()) return;
  http_url()(reader, place, text);
  if (text.value.find_first_of("?#") != std::string::npos) reader.error(place, "must have neither query nor fragment");
}

void read_proxy_trusted(Reader& reader, const Place& place, DaemonOptions& into) {
  if (const bool* trusted = std::get_if<bool>(&place.node.value)) {
    into.proxy_trusted = *trusted;
  } else {
    reader.wrong_type(place, "true or false");
  }
}

const Keys<LogOptions>& log_keys() {
  static const Keys<LogOptions> keys = {
      text_key<LogOptions>("level", &LogOptions::level,
                           "What is written to the log: trace, debug, info, warning, error.",
                           one_of({"trace", "debug", "info", "warning", "error"})),
      text_key<LogOptions>("format", &LogOptions::format, "Lines for people (text) or for machines (json).",
                           one_of({"text", "json"})),
  };
  return keys;
}

const Keys<AuthOptions>& auth_keys() {
  static const Keys<AuthOptions> keys = {
      text_key<AuthOptions>("tokens_file", &AuthOptions::tokens_file,
                            "Lines `name role sha256:…`; without it only loopback listeners are allowed.", not_empty()),
  };
  return keys;
}

const Keys<TlsOptions>& tls_keys() {
  static const Keys<TlsOptions> keys = {
      text_key<TlsOptions>("certificate", &TlsOptions::certificate,
                           "PEM file of the server's certificate and those up to its authority; listen speaks TLS.",
                           not_empty()),
      text_key<TlsOptions>("key", &TlsOptions::key,
                           "PEM file of the private key; default: it stands in the file of the certificate.",
                           not_empty()),
  };
  return keys;
}

}  // namespace

const Keys<DaemonOptions>& daemon_keys() {
  using O = DaemonOptions;
  static const Keys<O> keys = {
      text_key<O>("data_dir", &O::data_dir,
                  "The folder that holds everything; relative paths in this file start there.", not_empty()),
      texts_key<O>("listen", &O::listen, "Addresses of the HTTP interface and of the page.", check_listen),
      text_key<O>("external_url", &O::external_url,
                  "The start of every link in messages; default: http:// and the first listener.", check_external_url),
      duration_key<O>("link_lifetime", &O::link_lifetime,
                      "How long a link in a message opens its alert without a token.", 1min, 24h * 366),
      text_key<O>("proxy", &O::proxy, "The proxy for feeds and webhooks: http, https, socks5 or socks5h.", proxy_url()),
      texts_key<O>("no_proxy", &O::no_proxy, "Hosts reached directly: names, addresses, networks; \"*\": all.",
                   not_empty()),
      {"proxy_trusted",
       "true or false",
       "The proxy keeps redirects away from private addresses.",
       read_proxy_trusted,
       {},
       same_target<O>(&O::proxy_trusted)},
      text_key<O>("contact", &O::contact, "A URL or e-mail address that User-Agent tells to publishers of feeds.",
                  check_contact),
      text_key<O>("user_agent", &O::user_agent, "User-Agent of feeds that name none; with it, contact is not added.",
                  user_agent_text()),
      texts_key<O>("metrics_hosts", &O::metrics_hosts,
                   "Host names, besides the daemon's own, under which /metrics is answered when no token is required.",
                   check_host_name),
      table_key<O>("log", &O::log, log_keys),
      table_key<O>("auth", &O::auth, auth_keys),
      table_key<O>("tls", &O::tls, tls_keys),
      size_key<O>("max_request_bytes", &O::max_request_bytes, "Longest request body.", 1024, std::uint64_t{1} << 30),
      whole_key<O>("max_in_flight", &O::max_in_flight, "Requests handled at once; above it: 503.", 1, 100'000),
      whole_key<O>("max_connections", &O::max_connections, "Open connections, including idle ones.", 1, 1'000'000),
      whole_key<O>("max_sse_clients", &O::max_sse_clients, "Open event streams.", 0, 100'000),
      whole_key<O>("max_requests_per_second", &O::max_requests_per_second,
                   "Requests of each token, and of each address without one; above it: 429; 0: no limit.", 0,
                   1'000'000),
      whole_key<O>("max_request_burst", &O::max_request_burst,
                   "With max_requests_per_second: requests at once, after a pause.", 1, 1'000'000),
      duration_key<O>("request_deadline", &O::request_deadline, "Time for one request, including its queries.", 100ms,
                      1h),
      duration_key<O>("shutdown_deadline", &O::shutdown_deadline, "Time for a clean shutdown.", 100ms, 5min),
      whole_key<O>("documents_queue", &O::documents_queue, "Documents that wait for scoring.", 1, 1'000'000),
      whole_key<O>("scored_queue", &O::scored_queue, "Scored documents that wait for the database.", 1, 1'000'000),
      whole_key<O>("query_threads", &O::query_threads, "Threads that read the database for HTTP.", 1, 64),
      whole_key<O>("scoring_threads", &O::scoring_threads, "Requests of POST /v1/score that take turns at the model.",
                   1, 64),
  };
  return keys;
}

}  // namespace tapewatch::config
