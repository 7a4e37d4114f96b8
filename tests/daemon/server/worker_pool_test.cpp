#include "daemon/server/worker_pool.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <system_error>

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("a pool runs posted tasks, reports their exceptions, and continues") {
  std::atomic<int> ran = 0, failed = 0;
  {
    WorkerPool pool(2, [&](const std::exception&) { ++failed; });
    for (int i = 0; i < 100; ++i) {
      boost::asio::post(pool.executor(), [&, i] {
        ++ran;
        if (i % 10 == 0) throw std::runtime_error("a task's own");
        if (i % 10 == 1) throw 7;
      });
    }
    pool.join();
  }
  CHECK(ran == 100);
  CHECK(failed == 20);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they need the address space themselves
TEST_CASE("a pool that gets only some of its threads throws, and does not hang") {
  const pid_t child = fork();  // the limit applies only to the child
  if (child == 0) {
    alarm(20);
    const rlimit limit{std::size_t{4} << 30, std::size_t{4} << 30};  // room for some hundred stacks of 8 MiB
    setrlimit(RLIMIT_AS, &limit);
    try {
      const WorkerPool pool(5000, [](const std::exception&) {});
    } catch (const std::system_error&) {
      _exit(7);
    }
    _exit(8);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}
#endif
