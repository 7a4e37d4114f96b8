// Tested by tests/daemon/server/router_test.cpp
#include "daemon/server/query_string.hpp"

namespace tapewatch {
std::optional<Fields> parse_query(std::string_view query) {
  Fields fields;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals), PlusIs::space);
    auto value = percent_decode(equals < pair.size() ? pair.substr(equals + 1) : std::string_view{}, PlusIs::space);
    if (!name || !value) return std::nullopt;
    fields.emplace_back(std::move(*name), std::move(*value));
  }
  return fields;
}

}  // namespace tapewatch
