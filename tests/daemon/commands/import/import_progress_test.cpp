#include "daemon/commands/import/import_progress.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("progress tells documents, share, speed and what is left") {
  const auto start = ImportProgress::Clock::time_point(1h);
  ImportProgress progress(1'000, start);
  CHECK(progress.line(0, 0, start) == "0 documents, 0 %, 0 documents/s");
  CHECK(progress.line(50, 250, start + 10s) == "50 documents, 25 %, 5 documents/s, 0:30 left");
  CHECK(progress.line(50, 1'000, start + 10s) == "50 documents, 100 %, 5 documents/s");
  progress.skipped(200);  // only 50 bytes are this run's work
  CHECK(progress.line(50, 250, start + 10s) == "50 documents, 25 %, 5 documents/s, 2:30 left");
  CHECK(progress.line(1, 201, start + 1min) == "1 documents, 20 %, 0 documents/s, 13:19:00 left");
  CHECK(ImportProgress(0, start).line(50, 0, start + 10s) == "50 documents, 5 documents/s");
}
