// Tested by tests/daemon/server/router_test.cpp
#include "daemon/server/request_checks.hpp"

#include <algorithm>

namespace tapewatch {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  for (const char c : target) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#') return std::nullopt;
  }
  if (!target.starts_with('/')) {
    const std::string scheme = lower(target.substr(0, 8));
    const std::size_t skip = scheme.starts_with("http://") ? 7 : scheme == "https://" ? 8 : 0;
    if (skip == 0) return std::nullopt;
    const std::size_t slash = target.find_first_of("/?", skip);
    if (slash == std::string_view::npos) return Target{"/", ""};
    target.remove_prefix(slash);
  }
  const std::size_t mark = target.find('?');
  Target parsed;
  parsed.path = target.substr(0, mark);
  if (parsed.path.empty()) parsed.path = "/";
  if (mark != std::string_view::npos) parsed.query = target.substr(mark + 1);
  return parsed;
}

std::string host_name(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return "";
    return lower(host.substr(1, end - 1));
  }
  const std::size_t colon = host.find(':');
  std::string name = lower(host.substr(0, colon));
  if (name.ends_with('.')) name.pop_back();
  return name;
}

bool host_allowed(std::string_view host_header, const std::vector<std::string>& allowed) {
  const std::string name = host_name(host_header);
  return !name.empty() && std::find(allowed.begin(), allowed.end(), name) != allowed.end();
}

bool same_origin(const ApiRequest& request, std::string_view external_host) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null": a sandboxed frame, a local file
  const std::string authority = lower(origin.substr(scheme + 3));
  return authority == lower(request.header("host")) ||
         (!external_host.empty() && host_name(authority) == lower(external_host));
}

}  // namespace tapewatch
