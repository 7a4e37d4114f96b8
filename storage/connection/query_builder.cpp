#include "storage/connection/query_builder.hpp"

#include <algorithm>

#include "storage/document/dictionary.hpp"

namespace tapewatch::storage {

QueryBuilder& QueryBuilder::where(std::string_view condition, std::vector<Value> values) {
  conditions_ += " AND ";
  conditions_ += condition;
  std::move(values.begin(), values.end(), std::back_inserter(values_));
  return *this;
}

int QueryBuilder::bind(Statement& statement, int first) const {
  for (const auto& value : values_) {
    std::visit([&](const auto& v) { statement.bind(first++, v); }, value);
  }
  return first;
}

std::string key_list(Connection& connection, std::string_view table, std::span<const std::string> ids) {
  std::vector<std::int64_t> keys;
  for (const auto& id : ids) {
    if (const std::int64_t key = find_key(connection, table, id); key >= 0) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::string list = "(";
  for (const auto key : keys) list += (list.size() > 1 ? "," : "") + std::to_string(key);
  return list + ")";
}

std::string marks(std::size_t count) {
  std::string list = "(";
  for (std::size_t i = 0; i < count; ++i) list += i == 0 ? "?" : ",?";
  return list + ")";
}

}  // namespace tapewatch::storage
