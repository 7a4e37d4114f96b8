#include "storage/maintain/wal_size.hpp"

#include "storage/maintain/storage_counts.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;
using namespace std::chrono_literals;

namespace {

/// A writer that keeps 1 MiB of its log, with a table to fill.
struct WalBench {
  WalBench()
      : writer(Connection::open_writer(folder.file(), options())), reader(Connection::open_reader(folder.file())) {
    writer.execute("CREATE TABLE filler (bytes BLOB)");
  }
  static StorageOptions options() {
    StorageOptions options;
    options.checkpoint_pages = 64;
    options.wal_keep_bytes = 1 << 20;
    return options;
  }
  void write(int megabytes) {
    for (int i = 0; i < megabytes; ++i) writer.execute("INSERT INTO filler VALUES (randomblob(1048576))");
  }
  std::int64_t wal() const { return wal_bytes(folder.file()); }

  const TempFolder folder;
  Connection writer, reader;
};

}  // namespace

TEST_CASE("a long reader makes the write-ahead log grow; two commits after its end it is small again") {
  WalBench bench;
  {
    const ReadTransaction snapshot(bench.reader);
    auto rows = bench.reader.prepare("SELECT count(*) FROM document");
    REQUIRE(rows.step());
    bench.write(16);
    CHECK(bench.wal() > 16 << 20);
  }
  bench.writer.execute("CREATE TABLE a (b)");
  bench.writer.execute("CREATE TABLE c (d)");
  CHECK(bench.wal() <= 1 << 20);
}

TEST_CASE("the write-ahead log is taken in and cut at once, but not from under a reader") {
  WalBench bench;
  {
    const ReadTransaction snapshot(bench.reader);
    auto rows = bench.reader.prepare("SELECT count(*) FROM document");
    REQUIRE(rows.step());
    bench.write(4);
    CHECK_FALSE(take_in_wal(bench.writer, 1ms));
    CHECK(bench.wal() > 4 << 20);
  }
  CHECK(take_in_wal(bench.writer, 1ms));
  CHECK(bench.wal() == 0);
  auto timeout = bench.writer.prepare("PRAGMA busy_timeout");
  REQUIRE(timeout.step());
  CHECK(timeout.integer(0) == WalBench::options().busy_timeout.count());
  auto filled = bench.reader.prepare("SELECT count(*) FROM filler");
  REQUIRE(filled.step());
  CHECK(filled.integer(0) == 4);
}
