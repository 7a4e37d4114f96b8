#include "daemon/io_thread.hpp"

#include <boost/asio/post.hpp>

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("io thread: run_and_wait returns once the work on the other thread says that it is done") {
  IoThread io;
  io.start([](const std::exception&) {});
  std::thread::id ran_on;
  bool finished = false;
  io.run_and_wait([&](std::function<void()> done) {
    ran_on = std::this_thread::get_id();
    boost::asio::post(io.context(), [&, done = std::move(done)] {  // later, as a coroutine would
      finished = true;
      done();
    });
  });
  CHECK(finished);
  CHECK(ran_on != std::this_thread::get_id());
  io.stop();
  io.stop();
}

TEST_CASE("io thread: a thread that never started can be stopped too") { IoThread().stop(); }

TEST_CASE("io thread: an exception from a handler is reported, and later handlers run") {
  IoThread io;
  std::string told;
  io.start([&](const std::exception& failure) { told = failure.what(); });
  boost::asio::post(io.context(), [] { throw std::runtime_error("a handler's own"); });
  io.run_and_wait([](const std::function<void()>& done) { done(); });
  CHECK(told == "a handler's own");
  io.stop();
}
