#pragma once
#include <sqlite3.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/connection/database_lock.hpp"
#include "storage/connection/fault_injector.hpp"
#include "storage/storage_options.hpp"

namespace tapewatch::storage {

struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};

/// What a Connection and the statements on loan from it share; its address stays when the Connection moves. Private to
/// connection.cpp and statement.cpp.
struct ConnectionState {
  struct Cached {
    sqlite3_stmt* handle = nullptr;
    std::uint64_t last_use = 0;
    bool lent = false;
  };

  sqlite3* database = nullptr;
  std::string path;
  StorageOptions options;
  std::unordered_map<std::string, Cached, TextHash, std::equal_to<>> statements;
  std::unordered_map<sqlite3_stmt*, Cached*> by_handle;
  std::uint64_t uses = 0, generation = 0;
  FaultInjector* fault = nullptr;
  std::function<bool()> interrupt_check;
  std::optional<DatabaseLock> lock;  // released after the database is closed

  ConnectionState() = default;
  ConnectionState(const ConnectionState&) = delete;
  ConnectionState& operator=(const ConnectionState&) = delete;
  ~ConnectionState();

  /// Compiles, or throws StorageError.
  sqlite3_stmt* compile(std::string_view sql);
  void evict_one();
};

}  // namespace tapewatch::storage
