#include "daemon/server/router.hpp"

#include <algorithm>
#include <set>

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

std::optional<Fields> match_pattern(std::string_view pattern, const std::vector<std::string>& path) {
  const auto wanted = segments(pattern);
  if (wanted.size() != path.size()) return std::nullopt;
  Fields parameters;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (is_parameter(wanted[i])) {
      if (path[i].empty()) return std::nullopt;
      parameters.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), path[i]);
    } else if (wanted[i] != path[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

/// Split first, then decoded: a %2F stays inside its segment. Nothing for a broken escape.
std::optional<std::vector<std::string>> decoded_segments(std::string_view path) {
  std::vector<std::string> decoded;
  for (const std::string_view segment : segments(path)) {
    auto text = percent_decode(segment, PlusIs::plus);
    if (!text) return std::nullopt;
    decoded.push_back(std::move(*text));
  }
  return decoded;
}

void add_method(std::string& list, std::string_view method) {
  if (!list.empty()) list += ", ";
  list += method;
}

}  // namespace

bool carries_link(const ApiRequest& request) {
  return std::any_of(request.query.begin(), request.query.end(),
                     [](const auto& field) { return field.first == "signature" || field.first == "expires"; });
}

void Router::add(Route route) { routes_.push_back(std::move(route)); }

void Router::get(std::string pattern, Access access, Handler handler, Reach reach) {
  add(Route{"GET", std::move(pattern), access, std::move(handler), 0, std::move(reach)});
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match found;
  const auto parts = decoded_segments(path);
  if (!parts) return found;
  for (const Route& route : routes_) {
    auto parameters = match_pattern(route.pattern, *parts);
    if (!parameters) continue;
    add_method(found.allow, route.method);
    if (route.method == "GET") add_method(found.allow, "HEAD");
    if (route.method != method && !(method == "HEAD" && route.method == "GET")) continue;
    // "/v1/alerts/why-not" before "/v1/alerts/{id}": the pattern with fewer parameters is more specific.
    if (found.route && found.path_parameters.size() <= parameters->size()) continue;
    found.route = &route;
    found.path_parameters = std::move(*parameters);
  }
  if (!found.allow.empty()) add_method(found.allow, "OPTIONS");
  return found;
}

std::string Router::methods() const {
  std::set<std::string> known = {"OPTIONS"};
  for (const Route& route : routes_) known.insert(route.method);
  if (known.contains("GET")) known.insert("HEAD");
  std::string list;
  for (const std::string& method : known) add_method(list, method);
  return list;
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
