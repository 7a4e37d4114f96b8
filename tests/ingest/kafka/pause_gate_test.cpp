#include "ingest/kafka/pause_gate.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::chrono_literals;
using Action = PauseGate::Action;

TEST_CASE("the gate waits first, pauses once, resumes at half") {
  PauseGate gate(2s);
  const TimePoint start{0ms};
  CHECK(gate.on_full(start) == Action::none);
  CHECK(gate.on_full(start + 1999ms) == Action::none);
  CHECK(gate.on_full(start + 2000ms) == Action::pause);
  CHECK(gate.on_full(start + 9000ms) == Action::none);
  CHECK(gate.on_progress(10, 10) == Action::none);
  CHECK(gate.on_progress(6, 10) == Action::none);
  CHECK(gate.paused());
  CHECK(gate.on_progress(5, 10) == Action::resume);
  CHECK_FALSE(gate.paused());
  CHECK(gate.on_progress(0, 10) == Action::none);
}

TEST_CASE("a queue that accepts something in between restarts the wait") {
  PauseGate gate(2s);
  const TimePoint start{0ms};
  CHECK(gate.on_full(start) == Action::none);
  CHECK(gate.on_progress(10, 10) == Action::none);
  CHECK(gate.on_full(start + 3s) == Action::none);
  CHECK(gate.on_full(start + 5s) == Action::pause);
}

}  // namespace
}  // namespace tapewatch::ingest
