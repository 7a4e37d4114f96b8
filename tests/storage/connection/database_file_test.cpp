#include "storage/connection/database_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

TEST_CASE("damaged, foreign and missing files are named as such") {
  const TempFolder folder;
  const auto path = folder.file();
  SECTION("not a database") {
    write(path, "this is a text file that somebody put in the wrong place");
    const auto before = bytes_of(path);
    const auto [kind, message] = error_of([&] { Connection::open_writer(path); });
    CHECK(kind == StorageError::Kind::corrupt);
    CHECK(message.find(path) != std::string::npos);
    CHECK(message.find("tapewatch db restore") != std::string::npos);
    CHECK(bytes_of(path) == before);
  }
  SECTION("cut off") {
    { Connection::open_writer(path); }
    const auto whole = bytes_of(path);
    write(path, std::string_view(whole).substr(0, whole.size() / 3));
    CHECK(error_of([&] { Connection::open_writer(path); }).first == StorageError::Kind::corrupt);
    CHECK(error_of([&] { Connection::open_reader(path); }).first == StorageError::Kind::corrupt);
  }
  SECTION("first page overwritten behind its header") {
    { Connection::open_writer(path); }
    auto whole = bytes_of(path);
    std::fill(whole.begin() + 100, whole.begin() + 4096, '\x5a');
    write(path, whole);
    CHECK(error_of([&] { Connection::open_writer(path); }).first == StorageError::Kind::corrupt);
  }
  SECTION("another program's") {
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
    sqlite3_exec(other, "CREATE TABLE diary (entry TEXT)", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    CHECK(error_of([&] { Connection::open_writer(path); }).first == StorageError::Kind::foreign);
  }
  SECTION("missing") {
    CHECK(error_of([&] { Connection::open_reader(path); }).first == StorageError::Kind::missing);
    CHECK(error_of([&] { Connection::open_writer(folder.file("no/such/folder.db")); }).first == StorageError::Kind::io);
  }
  SECTION("a folder") {
    CHECK(error_of([&] { Connection::open_reader("/tmp"); }).first == StorageError::Kind::io);
  }
}

TEST_CASE("readers come and go without dropping the locks that other programs look at") {
  const TempFolder folder;
  auto writer = Connection::open_writer(folder.file());
  { Connection::open_reader(folder.file()); }
  // What another program would find: without a lock it takes itself for the last one and deletes the log when it ends.
  const int file = ::open(folder.file().c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(file >= 0);
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  REQUIRE(::fcntl(file, F_OFD_GETLK, &wanted) == 0);
  CHECK(wanted.l_type == F_RDLCK);
  CHECK(wanted.l_pid == ::getpid());
  ::close(file);
}
