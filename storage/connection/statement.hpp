#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/connection/time_point.hpp"

struct sqlite3_stmt;

namespace tapewatch::storage {

class Connection;
struct ConnectionState;

/// A prepared statement on loan from its connection's cache; going out of scope resets it and hands it back. Text and
/// blobs that are bound must outlive the step. Indexes of parameters count from 1, of columns from 0 (as in SQLite).
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, int value) { return bind(index, static_cast<std::int64_t>(value)); }
  Statement& bind(int index, bool value) { return bind(index, static_cast<std::int64_t>(value)); }
  Statement& bind(int index, std::size_t value) { return bind(index, static_cast<std::int64_t>(value)); }
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, const std::string& text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, TimePoint at) { return bind(index, to_ms(at)); }
  Statement& bind(int index, std::nullptr_t);
  Statement& bind_blob(int index, std::span<const std::byte> bytes);
  template <class T>
  Statement& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind(index, nullptr);
  }
  /// Binds parameters 1, 2, … in turn.
  template <class... T>
  Statement& bind_all(const T&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  /// True while there is a row. Throws StorageError.
  bool step();
  /// Steps to the end and resets, so that the statement can be bound again.
  void run();
  /// Makes the statement ready to be bound and stepped again.
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::string_view view(int column) const;  ///< valid until the next step
  std::span<const std::byte> blob(int column) const;
  TimePoint time(int column) const { return from_ms(integer(column)); }
  bool flag(int column) const { return integer(column) != 0; }
  std::optional<TimePoint> optional_time(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;

 private:
  friend class Connection;
  Statement(ConnectionState& connection, sqlite3_stmt* handle, bool cached);

  ConnectionState* connection_;
  sqlite3_stmt* handle_;
  bool cached_, writes_;
};

}  // namespace tapewatch::storage
