#include "storage/schema/schema.hpp"

#include <fmt/format.h>

#include "storage/connection/transaction.hpp"
#include "storage/schema/migration_functions.hpp"
#include "storage/schema/migrations.hpp"

namespace tapewatch::storage {

namespace {

std::int64_t pragma(Connection& connection, std::string_view name) {
  auto statement = connection.prepare(fmt::format("PRAGMA {}", name));
  return statement.step() ? statement.integer(0) : 0;
}

std::int64_t count(Connection& connection, std::string_view table) {
  auto statement = connection.prepare(fmt::format("SELECT count(*) FROM {}", table));
  return statement.step() ? statement.integer(0) : 0;
}

bool is_empty(Connection& connection) {
  auto statement = connection.prepare("SELECT 1 FROM sqlite_schema LIMIT 1");
  return !statement.step();
}

}  // namespace

void require_known_schema(Connection& connection) {
  const std::int64_t version = pragma(connection, "user_version");
  const std::int64_t owner = pragma(connection, "application_id");
  if (owner == 0 && version == 0 && is_empty(connection)) return;  // created, killed before its first migration
  if (owner != kApplicationId) {
    throw StorageError(StorageError::Kind::foreign,
                       fmt::format("database {}: it belongs to another program (application id {:#x}); name another "
                                   "file in [storage] path",
                                   connection.path(), owner));
  }
  const auto known = static_cast<std::int64_t>(migrations().size());
  if (version > known) {
    throw StorageError(
        StorageError::Kind::newer_schema,
        fmt::format("database {}: written by a newer tapewatch (schema {}, this one knows {}); it was not "
                    "touched: run that version, or restore an older backup",
                    connection.path(), version, known));
  }
  connection.prepare("SELECT seq FROM clock").step();  // a damaged schema or first page shows here
}

void require_present_schema(Connection& connection) {
  require_known_schema(connection);
  const std::int64_t version = pragma(connection, "user_version");
  if (version == static_cast<std::int64_t>(migrations().size())) return;
  throw StorageError(StorageError::Kind::other,
                     fmt::format("database {}: written by an older tapewatch (schema {}, this one reads {}); start the "
                                 "daemon on it once to bring it up to date",
                                 connection.path(), version, migrations().size()));
}

void migrate(Connection& connection, const MigrationProgress& progress) {
  static constexpr std::int64_t kBetween = 10'000;
  auto step = pragma(connection, "user_version");
  const auto known = static_cast<std::int64_t>(migrations().size());
  if (step == known) return;
  const bool tells = progress && step > 0;
  const std::int64_t documents = tells ? count(connection, "document") : 0;
  std::int64_t rollups = 0;
  const auto tell = [&](std::int64_t done, std::int64_t total, std::string_view unit) {
    if (tells && (done == 1 || done == total || done % kBetween == 0)) progress({step + 1, done, total, unit});
  };
  MigrationFunctions functions(
      connection,
      [&](std::int64_t texts) {
        if (texts % 2 == 0) tell(texts / 2, documents, "documents");  // a title and a body each
      },
      [&](std::int64_t rows) { tell(rows, rollups, "roll-ups"); });
  for (; step < known; ++step) {
    Transaction transaction(connection);
    const std::string sql(migrations()[static_cast<std::size_t>(step)]);
    if (tells && sql.find("counted(") != std::string::npos) {
      const bool of_topics = sql.find("rollup_topic") != std::string::npos;
      rollups = count(connection, "rollup_entity") + (of_topics ? count(connection, "rollup_topic") : 0);
      functions.begin_step();
    }
    connection.execute(sql);
    connection.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId, step + 1));
    transaction.commit();
  }
}

}  // namespace tapewatch::storage
