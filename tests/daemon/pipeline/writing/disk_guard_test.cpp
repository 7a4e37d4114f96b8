// How a full disk pauses ingestion. The test controls time and disk.
#include "daemon/pipeline/writing/disk_guard.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>
#include <stdexcept>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

struct Bench {
  std::size_t said(const std::string& part) const {
    std::size_t times = 0;
    for (std::size_t at = text.str().find(part); at != std::string::npos; at = text.str().find(part, at + 1)) ++times;
    return times;
  }
  void look_later() { guard.look(now += 2s); }

  std::ostringstream text;
  std::uint64_t free = 100 * kMiB;
  bool readable = true;
  int measured = 0;
  DiskGuard guard{{.min_free = 50 * kMiB, .look_every = 2s},
                  "/data/t.db",
                  [this] {
                    ++measured;
                    if (!readable) throw std::runtime_error("no such device");
                    return free;
                  },
                  std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text))};
  std::chrono::steady_clock::time_point now{1h};
};

}  // namespace

TEST_CASE("disk guard: pauses below the limit, resumes at it, and logs each once") {
  Bench bench;
  bench.look_later();
  CHECK_FALSE(bench.guard.paused());
  bench.free = 50 * kMiB - 1;
  bench.look_later();
  bench.look_later();
  CHECK(bench.guard.paused());
  CHECK(bench.said("ingestion pauses: 49 MiB free on the disk of /data/t.db, storage.min_free is 50 MiB") == 1);
  bench.free = 50 * kMiB;
  bench.look_later();
  bench.look_later();
  CHECK_FALSE(bench.guard.paused());
  CHECK(bench.said("ingestion resumes") == 1);
}

TEST_CASE("disk guard: it measures at once, then at intervals") {
  Bench bench;
  bench.free = 0;
  bench.guard.look(bench.now);
  CHECK(bench.guard.paused());
  bench.free = 100 * kMiB;
  bench.guard.look(bench.now + 1999ms);
  CHECK(bench.measured == 1);
  CHECK(bench.guard.paused());
  bench.guard.look(bench.now + 2s);
  CHECK_FALSE(bench.guard.paused());
}

TEST_CASE("disk guard: a disk that cannot be measured changes nothing and is logged once") {
  Bench bench;
  bench.free = 0;
  bench.look_later();
  bench.readable = false;
  bench.look_later();
  bench.look_later();
  CHECK(bench.guard.paused());
  CHECK(bench.said("the free space could not be read: no such device") == 1);
  bench.readable = true;
  bench.free = 100 * kMiB;
  bench.look_later();
  CHECK_FALSE(bench.guard.paused());
}

TEST_CASE("disk guard: without a limit nothing pauses, not even a disk without a byte") {
  std::uint64_t free = 0;
  DiskGuard guard(
      {}, "/data/t.db", [&] { return free; }, std::make_shared<spdlog::logger>("test"));
  guard.look(std::chrono::steady_clock::time_point(1h));
  CHECK_FALSE(guard.paused());
}
