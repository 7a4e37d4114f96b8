#include "daemon/server/router.hpp"

#include <algorithm>

#include "daemon/server/query_string.hpp"

namespace tapewatch {
namespace {

/// Splits "/a/b" into "a", "b"; a trailing slash gives a last empty segment, so "/a/" is not "/a".
std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  if (path.empty() || path.front() != '/') return parts;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::optional<Fields> match_pattern(std::string_view pattern, const std::vector<std::string_view>& path) {
  const auto wanted = segments(pattern);
  if (wanted.size() != path.size()) return std::nullopt;
  Fields parameters;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (is_parameter(wanted[i])) {
      auto value = percent_decode(path[i], PlusIs::plus);
      if (!value || value->empty()) return std::nullopt;
      parameters.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), std::move(*value));
    } else if (wanted[i] != path[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

}  // namespace

void Router::add(Route route) { routes_.push_back(std::move(route)); }

void Router::get(std::string pattern, Access access, Handler handler) {
  add(Route{"GET", std::move(pattern), access, std::move(handler)});
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  const auto parts = segments(path);
  Match found;
  bool get_known = false;
  std::string allow;
  for (const Route& route : routes_) {
    auto parameters = match_pattern(route.pattern, parts);
    if (!parameters) continue;
    get_known = get_known || route.method == "GET";
    allow += (allow.empty() ? "" : ", ") + route.method;
    if (route.method != method && !(method == "HEAD" && route.method == "GET")) continue;
    // "/v1/alerts/why-not" before "/v1/alerts/{id}": the pattern with fewer parameters says more.
    if (found.route && found.path_parameters.size() <= parameters->size()) continue;
    found.route = &route;
    found.path_parameters = std::move(*parameters);
  }
  if (!found.route) found.allow = allow + (get_known ? ", HEAD" : "");
  return found;
}

std::string_view ApiRequest::header(std::string_view name) const {
  const auto at = std::find_if(headers.begin(), headers.end(), [&](const auto& field) { return field.first == name; });
  return at == headers.end() ? std::string_view{} : std::string_view(at->second);
}

std::string_view ApiRequest::path_parameter(std::string_view name) const {
  const auto at = std::find_if(path_parameters.begin(), path_parameters.end(),
                               [&](const auto& field) { return field.first == name; });
  return at == path_parameters.end() ? std::string_view{} : std::string_view(at->second);
}

}  // namespace tapewatch
