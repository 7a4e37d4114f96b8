// A request reaches its handler unchanged: a body of megabytes is read once and never copied.
#include "daemon/server/dispatch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>
#include <future>

#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
namespace asio = boost::asio;

namespace {

/// The shared part of a server, without any session.
struct Bench {
  ~Bench() {
    core->query_threads.join();
    core->scoring_threads.join();
  }

  /// The answer of the route to a POST; its handler saw the body at `seen`.
  ApiResponse dispatch_to(Handler handler, const std::shared_ptr<const ApiRequest>& request) {
    const Route& route = routes.emplace_back(Route{"POST", "/", Access::open, std::move(handler), 8 << 20});
    auto answer = asio::co_spawn(io, tapewatch::dispatch(core, route, request), asio::use_future);
    io.restart();
    io.run_for(10s);
    return answer.get();
  }

  ApiResponse saw(const ApiRequest& request) {
    seen = request.body.data();
    ApiResponse response;
    response.body = std::to_string(request.body.size());
    return response;
  }

  asio::io_context io;
  std::deque<Route> routes;  // a handler may continue after its answer
  Router router;
  Authenticator auth{std::nullopt};
  Metrics metrics{"test", "none"};
  std::shared_ptr<ServerCore> core = std::make_shared<ServerCore>(
      io, any_port(), router, auth, metrics, silent_logger(), nullptr, std::make_shared<Shortages>(silent_logger()));
  std::atomic<const void*> seen{nullptr};  // compared only: the text may be gone
};

std::shared_ptr<const ApiRequest> large_request() {
  auto request = std::make_shared<ApiRequest>();
  request->method = "POST";
  request->body.assign(std::size_t{8} << 20, 'x');
  request->deadline = std::chrono::steady_clock::now() + 10s;
  return request;
}

}  // namespace

TEST_CASE("dispatch: handlers of every kind see the body without a copy") {
  Bench bench;
  const auto request = large_request();
  SECTION("on the io thread") {
    const auto answer = bench.dispatch_to(InlineHandler{[&](const ApiRequest& r) { return bench.saw(r); }}, request);
    CHECK(answer.body == "8388608");
  }
  SECTION("on a query thread") {
    const auto answer = bench.dispatch_to(QueryHandler{[&](const ApiRequest& r) { return bench.saw(r); }}, request);
    CHECK(answer.body == "8388608");
  }
  SECTION("answered later") {
    const auto answer = bench.dispatch_to(DeferredHandler{[&](const ApiRequest& r, const Reply& reply) {
                                            reply(bench.saw(r));
                                            return std::shared_ptr<DeferredAnswer>();
                                          }},
                                          request);
    CHECK(answer.body == "8388608");
  }
  CHECK(bench.seen.load() == static_cast<const void*>(request->body.data()));
}

TEST_CASE("dispatch: a handler that is still running at the deadline keeps the request alive") {
  Bench bench;
  auto request = std::make_shared<ApiRequest>();
  request->method = "POST";
  request->body = "still here";
  request->deadline = std::chrono::steady_clock::now() + 50ms;
  std::promise<void> go_on;
  std::promise<std::string> later;
  const auto answer = bench.dispatch_to(QueryHandler{[&](const ApiRequest& r) {
                                          go_on.get_future().wait();
                                          later.set_value(r.body);
                                          return ApiResponse{};
                                        }},
                                        request);
  CHECK(answer.status == 503);
  request.reset();  // the session is gone
  go_on.set_value();
  CHECK(later.get_future().get() == "still here");
}

TEST_CASE("dispatch: requests that wait for the model hold up no query, however many there are") {
  Bench bench;
  const auto request = large_request();
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  const Route scoring{"POST", "/", Access::open,
                      QueryHandler{[released](const ApiRequest&) {
                                     released.wait();
                                     return ApiResponse{};
                                   },
                                   Threads::scoring},
                      8 << 20};
  const Route query{"POST", "/", Access::open, QueryHandler{[&](const ApiRequest& r) { return bench.saw(r); }},
                    8 << 20};
  const auto dispatch = [&](const Route& route) {
    return asio::co_spawn(bench.io, tapewatch::dispatch(bench.core, route, request), asio::use_future);
  };
  const auto answer_of = [&](std::future<ApiResponse> answer) {
    while (answer.wait_for(0s) != std::future_status::ready && bench.io.run_one_for(10s) > 0) {
    }
    REQUIRE(answer.wait_for(0s) == std::future_status::ready);
    return answer.get();
  };
  std::vector<std::future<ApiResponse>> waiting;
  for (std::size_t i = 0; i < bench.core->options.max_in_flight; ++i) waiting.push_back(dispatch(scoring));
  CHECK(answer_of(dispatch(query)).body == "8388608");
  CHECK(answer_of(dispatch(scoring)).status == 503);
  CHECK(answer_of(dispatch(query)).body == "8388608");
  release.set_value();
  for (auto& one : waiting) CHECK(answer_of(std::move(one)).status == 200);
}
