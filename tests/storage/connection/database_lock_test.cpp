#include "storage/connection/database_lock.hpp"

#include <filesystem>
#include <fstream>

#include "storage/clock.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a second writer is refused while the first lives") {
  const TempFolder folder;
  {
    auto first = Connection::open_writer(folder.file());
    const auto [kind, message] = error_of([&] { Connection::open_writer(folder.file()); });
    CHECK(kind == StorageError::Kind::foreign);
    CHECK(message.find("another tapewatch") != std::string::npos);
    auto moved = std::move(first);
    CHECK(error_of([&] { Connection::open_writer(folder.file()); }).first == StorageError::Kind::foreign);
  }
  CHECK_NOTHROW(Connection::open_writer(folder.file()));
}

TEST_CASE("a database is deleted with its logs, but not while it has a writer") {
  const TempFolder folder;
  {
    auto writer = Connection::open_writer(folder.file());
    CHECK(error_of([&] { remove_database(folder.file()); }).first == StorageError::Kind::foreign);
    CHECK(std::filesystem::exists(folder.file()));
  }
  std::ofstream(folder.file() + "-wal") << "left by a kill";
  remove_database(folder.file());
  for (const char* suffix : {"", "-wal", "-shm"}) CHECK_FALSE(std::filesystem::exists(folder.file() + suffix));
  CHECK_NOTHROW(remove_database(folder.file()));
  auto fresh = Connection::open_writer(folder.file());
  CHECK(Clock(fresh).last_seq() == 0);
}
