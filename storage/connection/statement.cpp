#include "storage/connection/statement.hpp"

#include <fmt/format.h>

#include "storage/connection/connection.hpp"
#include "storage/connection/connection_state.hpp"

namespace tapewatch::storage {

Statement::Statement(ConnectionState& connection, sqlite3_stmt* handle, bool cached)
    : connection_(&connection), handle_(handle), cached_(cached), writes_(sqlite3_stmt_readonly(handle) == 0) {}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_), handle_(other.handle_), cached_(other.cached_), writes_(other.writes_) {
  other.handle_ = nullptr;
}

Statement::~Statement() {
  if (handle_ == nullptr) return;
  if (!cached_) {
    sqlite3_finalize(handle_);
    return;
  }
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);  // bound text may no longer exist at the next use
  if (const auto entry = connection_->by_handle.find(handle_); entry != connection_->by_handle.end()) {
    entry->second->lent = false;
  }
}

namespace {
void check(int code, const ConnectionState& connection, sqlite3_stmt* handle) {
  if (code == SQLITE_OK) return;
  throw make_error(connection.database, code, connection.path, fmt::format("binding \"{:.80}\"", sqlite3_sql(handle)));
}
}  // namespace

Statement& Statement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(handle_, index, value), *connection_, handle_);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  check(sqlite3_bind_double(handle_, index, value), *connection_, handle_);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL; an empty text must stay a text.
  const char* data = text.data() != nullptr ? text.data() : "";
  check(sqlite3_bind_text64(handle_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8), *connection_, handle_);
  return *this;
}

Statement& Statement::bind(int index, std::nullptr_t) {
  check(sqlite3_bind_null(handle_, index), *connection_, handle_);
  return *this;
}

Statement& Statement::bind_blob(int index, std::span<const std::byte> bytes) {
  static constexpr std::byte kNothing{};
  const void* data = bytes.empty() ? &kNothing : bytes.data();
  check(sqlite3_bind_blob64(handle_, index, data, bytes.size(), SQLITE_STATIC), *connection_, handle_);
  return *this;
}

bool Statement::step() {
  if (writes_ && connection_->fault != nullptr && sqlite3_stmt_busy(handle_) == 0) connection_->fault->on_write();
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const StorageError error = make_error(connection_->database, code, connection_->path,
                                        fmt::format("running \"{:.80}\"", sqlite3_sql(handle_)));
  sqlite3_reset(handle_);
  throw StorageError(error);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() { sqlite3_reset(handle_); }

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }
std::string Statement::text(int column) const { return std::string(view(column)); }

std::string_view Statement::view(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return data == nullptr ? std::string_view() : std::string_view(data, sqlite3_column_bytes(handle_, column));
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
  return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::optional<TimePoint> Statement::optional_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}
std::optional<std::int64_t> Statement::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

}  // namespace tapewatch::storage
