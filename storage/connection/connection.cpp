#include "storage/connection/connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storage/connection/connection_state.hpp"
#include "storage/connection/database_file.hpp"
#include "storage/schema/schema.hpp"

namespace tapewatch::storage {

ConnectionState::~ConnectionState() {
  for (auto& [sql, cached] : statements) sqlite3_finalize(cached.handle);
  sqlite3_close_v2(database);
}

sqlite3_stmt* ConnectionState::compile(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &handle, nullptr);
  if (code != SQLITE_OK || handle == nullptr) {
    throw make_error(database, code, path, fmt::format("preparing \"{:.120}\"", sql));
  }
  return handle;
}

void ConnectionState::evict_one() {
  auto oldest = statements.end();
  for (auto entry = statements.begin(); entry != statements.end(); ++entry) {
    if (entry->second.lent) continue;
    if (oldest == statements.end() || entry->second.last_use < oldest->second.last_use) oldest = entry;
  }
  if (oldest == statements.end()) return;
  by_handle.erase(oldest->second.handle);
  sqlite3_finalize(oldest->second.handle);
  statements.erase(oldest);
}

namespace {

void set_up_writer(Connection& connection, const StorageOptions& options) {
  {
    // Where WAL is impossible, as on a network file system, SQLite returns no error but another mode.
    auto mode = connection.prepare("PRAGMA journal_mode = WAL");
    if (!mode.step() || mode.view(0) != "wal") {
      throw StorageError(
          StorageError::Kind::io,
          fmt::format("database {}: no write-ahead log can be kept there (a network file system?); put it "
                      "on a local disk",
                      connection.path()));
    }
  }
  connection.execute(
      fmt::format("PRAGMA synchronous = FULL; PRAGMA cache_size = -{}; PRAGMA wal_autocheckpoint = {}; PRAGMA "
                  "journal_size_limit = {};",
                  options.writer_cache_kib, options.checkpoint_pages, options.wal_keep_bytes));
  // References are declared and checked by `db check`; enforcing them would look every parent up again on each insert.
  connection.execute("PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;");
}

void set_up_reader(Connection& connection, const StorageOptions& options) {
  connection.execute(fmt::format("PRAGMA query_only = ON; PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY;",
                                 options.reader_cache_kib));
}

}  // namespace

Connection::Connection(std::unique_ptr<ConnectionState> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::open(const std::string& path, const StorageOptions& options, int flags) {
  auto state = std::make_unique<ConnectionState>();
  state->path = path;
  state->options = options;
  const int code = sqlite3_open_v2(path.c_str(), &state->database, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) throw make_error(state->database, code, path, "opening it");
  require_own_log(state->database, path);
  sqlite3_extended_result_codes(state->database, 1);
  sqlite3_busy_timeout(state->database, static_cast<int>(options.busy_timeout.count()));
  return Connection(std::move(state));
}

Connection Connection::open_writer(const std::string& path, const StorageOptions& options,
                                   const MigrationProgress& progress) {
  std::optional<DatabaseLock> lock;
  if (options.lock_file) lock.emplace(path);
  const bool exists = require_database_file(path, /*may_be_new=*/true);
  if (exists) {
    // Read-only, so that a foreign database is left exactly as it was.
    Connection probe = open(path, options, SQLITE_OPEN_READONLY);
    sqlite3_db_config(probe.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    require_known_schema(probe);
  }
  Connection connection = open(path, options, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  connection.state_->lock = std::move(lock);
  set_up_writer(connection, options);
  migrate(connection, progress);
  return connection;
}

Connection Connection::open_backup(const std::string& path, const StorageOptions& options) {
  require_database_file(path, /*may_be_new=*/false);
  Connection connection = open(path, options, SQLITE_OPEN_READONLY);
  set_up_reader(connection, options);
  require_known_schema(connection);
  return connection;
}

Connection Connection::open_reader(const std::string& path, const StorageOptions& options) {
  Connection connection = open_backup(path, options);
  require_present_schema(connection);
  return connection;
}

Statement Connection::prepare(std::string_view sql) {
  auto& state = *state_;
  auto entry = state.statements.find(sql);
  if (entry != state.statements.end() && entry->second.lent) {
    return {state, state.compile(sql), false};  // the same query is already running
  }
  if (entry == state.statements.end()) {
    if (state.statements.size() >= state.options.statement_cache) state.evict_one();
    sqlite3_stmt* handle = state.compile(sql);
    entry = state.statements.emplace(std::string(sql), ConnectionState::Cached{handle, 0, false}).first;
    state.by_handle.emplace(handle, &entry->second);
  }
  entry->second.lent = true;
  entry->second.last_use = ++state.uses;
  return {state, entry->second.handle, true};
}

void Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(state_->database, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    throw make_error(state_->database, code, state_->path, fmt::format("running \"{:.80}\"", sql));
  }
}

std::int64_t Connection::changes() const { return sqlite3_changes64(state_->database); }
std::int64_t Connection::last_insert_id() const { return sqlite3_last_insert_rowid(state_->database); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(state_->database) == 0; }

void Connection::set_interrupt_check(std::function<bool()> check) {
  state_->interrupt_check = std::move(check);
  if (!state_->interrupt_check) {
    sqlite3_progress_handler(state_->database, 0, nullptr, nullptr);
    return;
  }
  sqlite3_progress_handler(
      state_->database, state_->options.interrupt_every,
      [](void* state) { return static_cast<ConnectionState*>(state)->interrupt_check() ? 1 : 0; }, state_.get());
}

void Connection::interrupt() { sqlite3_interrupt(state_->database); }
void Connection::set_fault(FaultInjector* fault) { state_->fault = fault; }
std::uint64_t Connection::generation() const { return state_->generation; }
const std::string& Connection::path() const { return state_->path; }
sqlite3* Connection::handle() const { return state_->database; }

void Connection::roll_back() noexcept {
  ++state_->generation;
  // After some errors (full disk, I/O) SQLite has already rolled back.
  if (in_transaction()) sqlite3_exec(state_->database, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Connection::count_write() {
  if (state_->fault != nullptr) state_->fault->on_write();
}

}  // namespace tapewatch::storage
