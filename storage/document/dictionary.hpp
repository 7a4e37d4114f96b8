#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Names kept once in a table (`topic`, `source`, `entity`, `model`, `risk_event`) and their keys. Caches keys until a
/// roll-back, which may have removed new ones.
class Dictionary {
 public:
  Dictionary(Connection& connection, std::string table);
  /// The key of `id`, created if missing. Inside the caller's Transaction.
  std::int64_t key(std::string_view id);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  static constexpr std::size_t kMaxRemembered = 100'000;

  Connection& connection_;
  std::string find_, add_;
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> keys_;
  std::uint64_t generation_;
};

/// The key of `id` in `table`, or −1: for readers.
std::int64_t find_key(Connection& connection, std::string_view table, std::string_view id);

}  // namespace tapewatch::storage
