// Repeated work must go on after a round that failed.
#include "daemon/pipeline/periodic_task.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// A task, its log and the loop that the test drives.
struct Bench {
  explicit Bench(PeriodicTask::Round round) : task(io, "sweeping", std::move(round), 0ms, log()) {}

  std::shared_ptr<spdlog::logger> log() {
    return std::make_shared<spdlog::logger>("t", std::make_shared<spdlog::sinks::ostream_sink_st>(lines));
  }
  bool stop() {
    bool done = false;
    task.stop([&] { done = true; });
    io.restart();
    io.run_for(20s);
    return done;
  }

  std::ostringstream lines;
  asio::io_context io;
  PeriodicTask task;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

}  // namespace

TEST_CASE("a failing round is logged once and repeated until it works") {
  int rounds = 0;
  Bench bench([&]() -> asio::awaitable<std::chrono::milliseconds> {
    if (++rounds <= 3) throw std::runtime_error("the disk is away");
    co_return 0ms;
  });
  bench.task.start();
  while (rounds < 6) REQUIRE(bench.io.run_one_for(20s) > 0);
  CHECK(bench.stop());
  CHECK(count(bench.lines.str(), "sweeping: the disk is away; retried") == 1);
  CHECK(count(bench.lines.str(), "sweeping: works again") == 1);
}

TEST_CASE("a task that never began, one that waits and one in the middle of a round are stopped, once") {
  int rounds = 0;
  const auto count_and_wait = [&]() -> asio::awaitable<std::chrono::milliseconds> {
    ++rounds;
    co_return 1h;
  };
  Bench idle(count_and_wait);
  CHECK(idle.stop());
  CHECK(rounds == 0);

  Bench waiting(count_and_wait);
  waiting.task.start();
  while (rounds < 1) REQUIRE(waiting.io.run_one_for(20s) > 0);
  CHECK(waiting.stop());
  CHECK(rounds == 1);

  bool inside = false, finished = false;
  std::optional<asio::steady_timer> held;
  Bench busy([&]() -> asio::awaitable<std::chrono::milliseconds> {
    inside = true;
    boost::system::error_code cancelled;
    co_await held->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    finished = true;
    co_return 0ms;
  });
  held.emplace(busy.io, std::chrono::hours(1));
  busy.task.start();
  while (!inside) REQUIRE(busy.io.run_one_for(20s) > 0);
  bool done = false;
  busy.task.stop([&] { done = true; });
  CHECK_FALSE(done);
  held->cancel();
  while (!done) REQUIRE(busy.io.run_one_for(20s) > 0);
  CHECK(finished);
  held.reset();  // before its loop
}
