#include "daemon/pipeline/intake/database_dead_letters.hpp"

#include <unistd.h>

#include <filesystem>

#include "storage/connection/transaction.hpp"
#include "storage/source/dead_letters.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("tapewatch-dead-letters-" + std::to_string(getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

TEST_CASE("dead letters are read from the database and marked by a command of the writer") {
  const Folder folder;
  const std::string path = folder.path / "tapewatch.db";
  const storage::StorageOptions options;
  auto writer = storage::Connection::open_writer(path, options);
  std::int64_t first = 0, refused = 0;
  {
    storage::Transaction transaction(writer);
    storage::DeadLetters letters(writer, options);
    first = letters.record({"wire", "/title", "missing", "{}", "news/0@1", "key", {{"trace", "7"}}, TimePoint(3s)},
                           TimePoint(1s));
    refused = letters.record({"wire", "", "no value", "", "news/0@2", {}, {}, {}, true}, TimePoint(2s));
    letters.record({"other", "", "not JSON", "{", "news/0@3", {}, {}, {}}, TimePoint(3s));
    storage::SourcePositions(writer).advance({"cluster", "news", 0, 3}, "wire");
    transaction.commit();
  }
  WriterQueue queue(1, 1);
  DatabaseDeadLetters letters(path, options, queue);
  auto pending = letters.pending("wire", 10);
  REQUIRE(pending.size() == 2);
  CHECK(pending[0].id == first);
  CHECK(pending[0].pointer == "/title");
  CHECK(pending[0].payload == "{}");
  CHECK(pending[0].position == "news/0@1");
  CHECK(pending[0].key == "key");
  CHECK(pending[0].headers == std::vector<ingest::RecordHeader>{{"trace", "7"}});
  CHECK(pending[0].record_at == TimePoint(3s));
  CHECK_FALSE(pending[0].tombstone);
  CHECK_FALSE(pending[1].key);
  CHECK(pending[1].tombstone);
  CHECK(letters.pending("wire", 1).size() == 1);

  letters.mark_forwarded({first});
  letters.mark_forwarded({first});  // the lane is full: forgotten, so it is forwarded again
  auto commands = queue.pop(0, 0ms).commands;
  REQUIRE(commands.size() == 1);
  {
    storage::Transaction transaction(writer);
    commands[0].apply(writer, TimePoint(4s));
    transaction.commit();
  }
  pending = letters.pending("wire", 10);
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].reason == "no value");
  letters.mark_refused(refused, "too large");
  commands = queue.pop(0, 0ms).commands;
  REQUIRE(commands.size() == 1);
  {
    storage::Transaction transaction(writer);
    commands[0].apply(writer, TimePoint(5s));
    transaction.commit();
  }
  CHECK(letters.pending("wire", 10).empty());

  const auto positions = committed_positions(path, options, "wire");
  REQUIRE(positions.size() == 1);
  CHECK(positions[0].next_offset == 3);
  CHECK(committed_positions(path, options, "other").empty());
}

}  // namespace
}  // namespace tapewatch
