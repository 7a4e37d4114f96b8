#pragma once
// Checks of every request before its handler runs: pure functions.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/server/message.hpp"

namespace tapewatch {

struct Target {
  std::string path;  // still percent-encoded
  std::string query;
};
/// Origin form ("/a?b") and absolute form ("http://host/a?b"); nothing for anything else.
std::optional<Target> parse_target(std::string_view target);

/// "LOCALHOST:8080" → "localhost", "[::1]:80" → "::1"; empty when it is not a host.
std::string host_name(std::string_view host_header);

/// Without tokens only the name in Host protects this server from a stranger's web page: a name that its owner points
/// at 127.0.0.1 (DNS rebinding) must not be answered.
bool host_allowed(std::string_view host_header, const std::vector<std::string>& allowed);

/// Whether a request that changes something comes from our own page or from no page at all, by Sec-Fetch-Site and
/// Origin: pages of other sites can send simple POSTs here. `external_host`: the public name of a proxy in front.
bool same_origin(const ApiRequest& request, std::string_view external_host);

}  // namespace tapewatch
