// Tested by tests/daemon/server/router_test.cpp
#include "daemon/server/request_checks.hpp"

#include <algorithm>

#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"

namespace tapewatch {
std::optional<Target> parse_target(std::string_view target) {
  for (const char c : target) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#') return std::nullopt;
  }
  if (!target.starts_with('/')) {
    const auto url = notation::parse_web_url(target);
    if (!url) return std::nullopt;
    const std::string_view path = url->encoded_path();
    return Target{path.empty() ? "/" : std::string(path), std::string(std::string_view(url->encoded_query()))};
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
    return notation::ascii_lower(host.substr(1, end - 1));
  }
  const std::size_t colon = host.find(':');
  std::string name = notation::ascii_lower(host.substr(0, colon));
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
  const auto url = notation::parse_web_url(origin);
  if (!url) return false;  // "null": a sandboxed frame, a local file
  const std::string authority = notation::ascii_lower(std::string_view(url->encoded_host_and_port()));
  return authority == notation::ascii_lower(request.header("host")) ||
         (!external_host.empty() && notation::url_host(origin) == notation::ascii_lower(external_host));
}

}  // namespace tapewatch
