// The pure functions that read a request's head: target, query, host, origin, framing.
#include "config/notation/url.hpp"
#include "daemon/server/framing.hpp"
#include "daemon/server/query_string.hpp"
#include "daemon/server/request_checks.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

namespace {

/// "name: value" lines up to the empty one, names in lower case, as the session hands them on.
Fields headers_of(std::string_view head) {
  Fields headers;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    const std::size_t value = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
    headers.emplace_back(std::move(name), line.substr(value));
  }
  return headers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text(data, size);
  const std::size_t end = head_end(input);
  fuzz::require(end == std::string_view::npos || (end <= input.size() && input.substr(0, end).ends_with("\r\n\r\n")),
                "a head ends with its empty line");
  fuzz::require(end == head_end(input, input.size() / 2) || input.size() / 2 >= end, "searching on finds the same end");
  const std::string_view head = input.substr(0, std::min(end, input.size()));
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t first = std::min(line.find(' '), line.size());
  const std::size_t last = line.rfind(' ');
  ApiRequest request;
  request.method = line.substr(0, first);
  request.headers = headers_of(head.substr(std::min(line.size() + 2, head.size())));
  if (last != std::string_view::npos && last > first) {
    const auto target = parse_target(line.substr(first + 1, last - first - 1));
    if (target) {
      fuzz::require(target->path.starts_with('/'), "a path begins with /");
      percent_decode(target->path, PlusIs::plus);
      if (auto query = parse_query(target->query)) request.query = std::move(*query);
    }
  }
  for (const unsigned version : {10U, 11U}) framing_problem(head, version, request);
  const auto host = request.header("host");
  fuzz::require(!host_allowed(host, {}), "no host is allowed by an empty list");
  host_allowed(host, {"localhost", "127.0.0.1"});
  notation::url_host(request.header("origin"));
  same_origin(request, "desk.example");
  return 0;
}
