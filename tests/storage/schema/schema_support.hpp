#pragma once
// Databases of earlier schemas, for the tests of migrations.
#include <sqlite3.h>

#include <fstream>
#include <iterator>

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

namespace storage_test {

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string fixture(const std::string& name) {
  return bytes_of(std::string(TAPEWATCH_SOURCE_DIR) + "/tests/storage/schema/" + name);
}

/// Runs statements on a file as any SQLite program would.
inline void run_sql(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  CAPTURE(message == nullptr ? "" : message);
  CHECK(code == SQLITE_OK);
  sqlite3_free(message);
  sqlite3_close(database);
}

/// Everything in sqlite_schema, as text.
inline std::string schema_of(const std::string& path) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  std::string text;
  const int code = sqlite3_exec(
      database, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name",
      [](void* out, int, char** row, char**) {
        *static_cast<std::string*>(out) +=
            std::string(row[0]) + " " + row[1] + " on " + row[2] + "\n" + row[3] + "\n\n";
        return 0;
      },
      &text, nullptr);
  sqlite3_close(database);
  REQUIRE(code == SQLITE_OK);
  return text;
}

/// The columns that a table of an earlier schema has; none: it has no such table.
inline std::vector<std::string> columns_in(const std::string& path, const std::string& table) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  std::vector<std::string> columns;
  const int code = sqlite3_exec(
      database, ("SELECT name FROM pragma_table_info('" + table + "')").c_str(),
      [](void* out, int, char** row, char**) {
        static_cast<std::vector<std::string>*>(out)->emplace_back(row[0]);
        return 0;
      },
      &columns, nullptr);
  sqlite3_close(database);
  REQUIRE(code == SQLITE_OK);
  return columns;
}

}  // namespace storage_test
