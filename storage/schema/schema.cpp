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

std::int64_t count_documents(Connection& connection) {
  auto statement = connection.prepare("SELECT count(*) FROM document");
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
  static constexpr std::int64_t kDocumentsBetween = 10'000;
  auto step = pragma(connection, "user_version");
  const auto known = static_cast<std::int64_t>(migrations().size());
  if (step == known) return;
  const std::int64_t total = step == 0 ? 0 : count_documents(connection);
  const MigrationFunctions functions(connection, [&](std::int64_t texts) {
    const std::int64_t done = texts / 2;  // a title and a body each
    if (progress && texts % 2 == 0 && (done == 1 || done == total || done % kDocumentsBetween == 0)) {
      progress({step + 1, done, total});
    }
  });
  for (; step < known; ++step) {
    Transaction transaction(connection);
    connection.execute(std::string(migrations()[static_cast<std::size_t>(step)]));
    connection.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId, step + 1));
    transaction.commit();
  }
}

}  // namespace tapewatch::storage
