#include "storage/alert/detector_state.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("detector states are opaque bytes by rule and key") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DetectorStateStore store(connection);
  const std::string blob("\0\x01\xff bytes", 9);
  store.save("b", "k", "1");
  store.save("a", "z", blob);
  store.save("a", "y", "to be forgotten");
  store.save("b", "k", "2");
  auto all = store.load_all();
  REQUIRE(all.size() == 3);
  CHECK(all[0].key == "y");
  CHECK(all[1].blob == blob);
  CHECK(all[2].blob == "2");
  store.save("a", "y", "");
  store.save("a", "never there", "");
  all = store.load_all();
  REQUIRE(all.size() == 2);
  CHECK(all[0].key == "z");
}

namespace {

std::string text_of(const DetectorStateStore& states) {
  std::string text;
  for (const auto& state : states.load_all()) text += state.key + "=" + state.blob + " ";
  return text;
}

std::string marks_of(Connection& connection) {
  std::string text;
  auto read = connection.prepare("SELECT seq FROM detector_mark ORDER BY seq");
  while (read.step()) text += read.text(0) + " ";
  return text;
}

}  // namespace

TEST_CASE("marks: the state of each can be restored, also of one between forgotten ones, and after a restart") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  const std::int64_t to = GENERATE(1, 2, 3);
  Transaction transaction(connection);
  DetectorStateStore states(connection);
  states.save("r", "a", "1");
  std::vector<std::string> at = {""};
  const auto mark = [&](std::int64_t seq) {
    at.push_back(text_of(states));
    states.mark({seq, at_minute(seq * 60), at_minute(seq * 60 + 10)}, "d");
  };
  mark(1);
  states.save("r", "a", "2");
  states.save("r", "b", "1");
  mark(2);
  DetectorStateStore again(connection);
  again.save("r", "a", "3");
  again.save("r", "b", "");
  mark(3);
  again.reload();
  again.save("r", "c", "1");
  again.rewind(to);
  CHECK(text_of(again) == at[static_cast<std::size_t>(to)]);
  CHECK(number(connection, "SELECT max(seq) FROM detector_mark") == to);
  CHECK(number(connection, "SELECT count(*) FROM detector_before WHERE mark >= " + std::to_string(to)) == 0);
  again.save("r", "a", "9");
  again.rewind(to);
  CHECK(text_of(again) == at[static_cast<std::size_t>(to)]);
}

TEST_CASE("marks: eight are kept, the largest leaps; what was kept for a forgotten one goes to the one before it") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  Transaction transaction(connection);
  DetectorStateStore states(connection);
  for (std::int64_t i = 1; i <= 12; ++i) {
    states.mark({i, at_minute(i * 60), at_minute(i * 60 + (i == 2 || i == 3 ? 40 : 10))}, "d");
    states.save("r", "a", std::to_string(i));
  }
  CHECK(marks_of(connection) == "2 3 7 8 9 10 11 12 ");
  states.rewind(3);
  CHECK(text_of(states) == "a=2 ");
}

TEST_CASE("marks: the first whose leap explains how far event time is ahead, else the last; of the same rules only") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  Transaction transaction(connection);
  DetectorStateStore states(connection);
  states.mark({0, std::nullopt, at_minute(0)}, "d");
  states.mark({5, at_minute(10), at_minute(100)}, "d");
  states.mark({7, at_minute(105), at_minute(200)}, "d");
  states.mark({9, at_minute(210), at_minute(216)}, "d");
  const auto find = [&](std::int64_t to, std::optional<milliseconds> leap, std::int64_t most = 99,
                        const char* rules = "d") {
    const auto found = states.find_mark({at_minute(to), leap, most, rules});
    return found ? found->seq : -1;
  };
  CHECK(find(220, minutes(80)) == 5);
  CHECK(find(220, minutes(95)) == 7);
  CHECK(find(220, minutes(96)) == 9);
  CHECK(find(220, std::nullopt) == 9);
  CHECK(find(106, std::nullopt) == 7);
  CHECK(find(220, std::nullopt, 6) == 5);
  CHECK(find(-60, minutes(80)) == 0);
  CHECK(find(220, std::nullopt, 99, "other") == -1);
}

TEST_CASE("marks: one older than forty days of event time is forgotten at the next") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  Transaction transaction(connection);
  DetectorStateStore states(connection);
  states.mark({1, at_minute(0), at_minute(60)}, "d");
  states.mark({2, at_minute(39 * 1440), at_minute(39 * 1440 + 60)}, "d");
  CHECK(marks_of(connection) == "1 2 ");
  states.mark({3, at_minute(41 * 1440), at_minute(41 * 1440 + 60)}, "d");
  CHECK(marks_of(connection) == "2 3 ");
}
