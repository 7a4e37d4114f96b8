#include "storage/mark.hpp"

namespace tapewatch::storage {

std::optional<std::int64_t> read_mark(Connection& connection, std::string_view name) {
  auto read = connection.prepare("SELECT value FROM mark WHERE name = ?");
  return read.bind(1, name).step() ? std::optional(read.integer(0)) : std::nullopt;
}

void raise_mark(Connection& connection, std::string_view name, std::int64_t value) {
  connection.prepare("INSERT INTO mark (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = max(value, ?2)")
      .bind_all(name, value)
      .run();
}

}  // namespace tapewatch::storage
