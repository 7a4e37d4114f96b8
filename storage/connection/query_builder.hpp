#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Collects the conditions of a query and the values of their `?`, in order.
class QueryBuilder {
 public:
  using Value = std::variant<std::int64_t, std::string>;

  QueryBuilder& where(std::string_view condition, std::vector<Value> values = {});
  /// " AND a AND b", or "".
  const std::string& conditions() const { return conditions_; }
  /// Binds values from index `first` on and returns the next free index. The builder must outlive the step.
  int bind(Statement& statement, int first = 1) const;

 private:
  std::string conditions_;
  std::vector<Value> values_;
};

/// "(3,17)" for the keys of names that exist in `table`; "()" (matches nothing) where none does.
std::string key_list(Connection& connection, std::string_view table, std::span<const std::string> ids);
/// "(?,?)" with as many marks as there are values.
std::string marks(std::size_t count);

}  // namespace tapewatch::storage
