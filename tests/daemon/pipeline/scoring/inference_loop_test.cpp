#include "daemon/pipeline/scoring/inference_loop.hpp"

#include <future>
#include <new>

#include "tests/support/catch.hpp"

namespace tapewatch {

TEST_CASE("a worker that cannot be created reports why, and ends") {
  DocumentQueue documents(4);
  WriterQueue scored(4, 4);
  const EventClock clock;
  std::promise<std::string> said;
  InferenceTrouble trouble;
  trouble.failed = [&](const std::exception& failure) { said.set_value(failure.what()); };
  InferenceLoopOptions options;
  options.threads = 1;
  InferenceLoop loop(options, documents, scored, {[]() -> Scorer { throw std::bad_alloc(); }, {}}, clock, nullptr,
                     trouble);
  loop.start();
  CHECK(said.get_future().get() == std::string(std::bad_alloc().what()));
  documents.close();
  loop.join();
}

}  // namespace tapewatch
