#include "storage/output/output_log.hpp"

#include "storage/alert/events.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

StorageOptions keep(std::size_t rows) {
  StorageOptions options;
  options.event_rows = rows;
  return options;
}

struct OutputBench {
  explicit OutputBench(std::size_t rows)
      : options(keep(rows)), connection(Connection::open_writer(folder.file(), options)) {}

  void add(int count) {
    Transaction transaction(connection);
    for (int i = 0; i < count; ++i) {
      const std::string id = std::to_string(++last);
      EventWriter(connection, options).append("document", R"({"id":")" + id + R"("})", at_minute(last), last);
    }
    transaction.commit();
  }
  void configure(const std::vector<ConfiguredOutput>& outputs) {
    Transaction transaction(connection);
    OutputLog(connection).configure(outputs);
    transaction.commit();
  }
  void advance(const std::string& name, std::int64_t event) {
    Transaction transaction(connection);
    OutputLog(connection).advance(name, event);
    transaction.commit();
  }
  std::int64_t oldest() { return EventReader(connection).oldest(); }

  const TempFolder folder;
  const StorageOptions options;
  Connection connection;
  int last = 0;
};

}  // namespace

TEST_CASE("an output begins now or with the oldest event, goes only forward, and is forgotten with its table") {
  OutputBench bench(10);
  bench.add(30);
  bench.configure({{"now", false, 1000}, {"all", true, 1000}});
  const OutputLog log(bench.connection);
  CHECK(log.position("now") == 30);
  CHECK(log.position("all") == 20);
  CHECK_FALSE(log.position("other"));
  bench.advance("all", 25);
  bench.advance("all", 22);
  bench.advance("other", 5);
  bench.configure({{"all", true, 1000}, {"late", false, 1000}});
  CHECK(log.position("all") == 25);
  CHECK(log.position("late") == 30);
  CHECK_FALSE(log.position("now"));
}

TEST_CASE("an output of an empty database begins before its first event") {
  OutputBench bench(10);
  bench.configure({{"now", false, 1000}, {"all", true, 1000}});
  CHECK(OutputLog(bench.connection).position("now") == 0);
  CHECK(OutputLog(bench.connection).position("all") == 0);
}

TEST_CASE("events come with what they are about and when they were written") {
  OutputBench bench(10);
  bench.add(5);
  const OutputLog log(bench.connection);
  const auto events = log.after(2, 2);
  REQUIRE(events.size() == 2);
  CHECK(events[0].id == 3);
  CHECK(events[0].type == "document");
  CHECK(events[0].about == "3");
  CHECK(events[0].json == R"({"id":"3"})");
  CHECK(events[0].at == at_minute(3));
  CHECK(log.written_at(5) == at_minute(5));
  CHECK_FALSE(log.written_at(6));
}

TEST_CASE("events are kept for an output up to its bound, and the one that it stands at") {
  OutputBench bench(10);
  bench.add(5);
  bench.configure({{"desk", false, 40}});
  bench.add(30);
  CHECK(bench.oldest() == 5);
  bench.add(30);  // 65 events: 40 behind the newest one is 25
  CHECK(bench.oldest() == 26);
  bench.advance("desk", 60);
  bench.add(1);
  CHECK(bench.oldest() == 57);  // the table's own bound: 10 rows
  bench.configure({});
  bench.add(1);
  CHECK(bench.oldest() == 58);
}

TEST_CASE("after a long outage the events are dropped a few at a time") {
  OutputBench bench(10);
  bench.configure({{"desk", false, 100'000}});
  bench.add(9'000);
  CHECK(bench.oldest() == 1);
  bench.advance("desk", 9'000);
  bench.add(1);
  CHECK(bench.oldest() == 4'097);
  bench.add(2);
  CHECK(bench.oldest() == 8'994);
}
