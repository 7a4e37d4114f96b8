#include "daemon/pipeline/output/output_start.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

storage::TimePoint at(std::int64_t ms) { return storage::TimePoint(std::chrono::milliseconds(ms)); }

ingest::CommittedEvent committed(std::int64_t event, std::int64_t written_at) { return {event, written_at, "p"}; }

}  // namespace

TEST_CASE("an output that the brokers do not know goes on where the database has it") {
  const auto decision = decide_output_start({std::nullopt, std::nullopt, 7, 1, 20});
  CHECK(decision.after == 7);
  CHECK(decision.warning.empty());
  CHECK(decide_output_start({std::nullopt, std::nullopt, 0, 0, 0}).after == 0);
}

TEST_CASE("the brokers' position is exact: what was published after the database last heard is not published again") {
  const auto decision = decide_output_start({committed(12, 500), at(500), 7, 1, 20});
  CHECK(decision.after == 12);
  CHECK(decision.warning.empty());
}

TEST_CASE("events without a topic are behind the database's position, and not behind the brokers'") {
  CHECK(decide_output_start({committed(12, 500), at(500), 15, 1, 20}).after == 15);
}

TEST_CASE("a restored backup: the brokers are ahead of all that the database has") {
  const auto decision = decide_output_start({committed(120, 500), std::nullopt, 95, 1, 100});
  CHECK(decision.after == 95);
  CHECK(decision.warning.find("event 120 of the topic is not the database's") == 0);
}

TEST_CASE("a restored backup that has grown past the brokers' position has another event of that number") {
  const auto decision = decide_output_start({committed(120, 500), at(501), 95, 1, 200});
  CHECK(decision.after == 95);
  CHECK_FALSE(decision.warning.empty());
}

TEST_CASE("a new database in the place of another one begins as it was told to") {
  CHECK(decide_output_start({committed(120, 500), std::nullopt, 0, 0, 0}).after == 0);
  CHECK(decide_output_start({committed(120, 500), std::nullopt, 0, 1, 30}).after == 0);
}

TEST_CASE("brokers that were away for longer than events are kept: their position is behind the oldest one") {
  CHECK(decide_output_start({committed(12, 500), std::nullopt, 10, 50, 90}).after == 12);
  CHECK(decide_output_start({committed(12, 500), std::nullopt, 60, 50, 90}).after == 60);
}

TEST_CASE("an output that was taken out and returns late begins as it was told to") {
  const auto decision = decide_output_start({committed(12, 500), std::nullopt, 90, 50, 90});
  CHECK(decision.after == 90);
  CHECK(decision.warning.empty());
}

TEST_CASE("a position beyond what the database has ever had is not believed") {
  CHECK(decide_output_start({std::nullopt, std::nullopt, 30, 1, 20}).after == 20);
}
