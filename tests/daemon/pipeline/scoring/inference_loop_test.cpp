#include "daemon/pipeline/scoring/inference_loop.hpp"

#include <future>
#include <new>

#include "tests/model/tiny_model.hpp"
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

TEST_CASE("a batch is no larger than what a worker takes at once, and a long text is one alone") {
  DocumentQueue documents(8);
  WriterQueue scored(8, 4);
  Scheduler scheduler(model::test::TinyModel().load(), {}, {.threads = 1});
  const EventClock clock;
  for (const std::size_t length : {900, 40, 30, 30, 30}) {
    ingest::Document document;
    document.title = std::string(length, 'a');
    Incoming incoming;
    incoming.content = std::move(document);
    REQUIRE(documents.push(std::move(incoming)));
  }
  documents.close();
  std::vector<std::size_t> sizes;
  InferenceLoop loop({.threads = 1, .batch_bytes = 100}, documents, scored,
                     {[&] { return Scorer(scheduler, Lane::news, std::make_shared<ingest::EntityFinder>(), {}); }, {}},
                     clock, [&](std::size_t count, std::size_t, auto) { sizes.push_back(count); });
  loop.start();
  loop.join();
  CHECK(sizes == std::vector<std::size_t>{1, 3, 1});
  CHECK(scored.records() == 5);
}

}  // namespace tapewatch
