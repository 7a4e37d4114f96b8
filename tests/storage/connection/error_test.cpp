#include "storage/connection/error.hpp"

#include <sqlite3.h>

#include "tests/support/catch.hpp"

using namespace tapewatch::storage;

TEST_CASE("an error has its kind, the file, and what to do") {
  using Kind = StorageError::Kind;
  const std::pair<int, Kind> codes[] = {{SQLITE_BUSY, Kind::busy},       {SQLITE_FULL, Kind::full},
                                        {SQLITE_IOERR_WRITE, Kind::io},  {SQLITE_CORRUPT, Kind::corrupt},
                                        {SQLITE_NOTADB, Kind::corrupt},  {SQLITE_INTERRUPT, Kind::deadline},
                                        {SQLITE_CONSTRAINT, Kind::other}};
  for (const auto& [code, kind] : codes) {
    const StorageError error = make_error(nullptr, code, "/data/t.db", "writing");
    CAPTURE(code, error.what());
    CHECK(error.kind() == kind);
    CHECK(std::string(error.what()).starts_with("database /data/t.db: "));
    CHECK(std::string(error.what()).find("while writing") != std::string::npos);
    CHECK(error.is_retryable() == (kind == Kind::busy || kind == Kind::full || kind == Kind::io));
  }
  CHECK(std::string(make_error(nullptr, SQLITE_FULL, "f", "x").what()).ends_with("; free some space"));
  CHECK(to_string(Kind::newer_schema) == "newer_schema");
}
