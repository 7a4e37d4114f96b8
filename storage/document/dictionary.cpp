#include "storage/document/dictionary.hpp"

#include <fmt/format.h>

namespace tapewatch::storage {

Dictionary::Dictionary(Connection& connection, std::string table)
    : connection_(connection),
      find_(fmt::format("SELECT key FROM {} WHERE id = ?", table)),
      add_(fmt::format("INSERT INTO {} (id) VALUES (?)", table)),
      generation_(connection.generation()) {}

std::int64_t Dictionary::key(std::string_view id) {
  if (generation_ != connection_.generation() || keys_.size() >= kMaxRemembered) {
    keys_.clear();
    generation_ = connection_.generation();
  }
  if (const auto known = keys_.find(id); known != keys_.end()) return known->second;
  std::int64_t key = 0;
  auto find = connection_.prepare(find_);
  if (find.bind(1, id).step()) {
    key = find.integer(0);
  } else {
    connection_.prepare(add_).bind(1, id).run();
    key = connection_.last_insert_id();
  }
  keys_.emplace(std::string(id), key);
  return key;
}

std::int64_t find_key(Connection& connection, std::string_view table, std::string_view id) {
  auto find = connection.prepare(fmt::format("SELECT key FROM {} WHERE id = ?", table));
  return find.bind(1, id).step() ? find.integer(0) : -1;
}

}  // namespace tapewatch::storage
