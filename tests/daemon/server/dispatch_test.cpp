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

/// Tokens "desk-token" and "wire-token".
config::TokenTable two_tokens() {
  return config::parse_tokens("desk read " + config::token_hash("desk-token") + "\nwire ingest " +
                                  config::token_hash("wire-token") + "\n",
                              "tokens")
      .tokens;
}

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

TEST_CASE("dispatch: a token that asks too often is refused for a while, and nobody else is") {
  Bench bench;
  bench.auth.replace(two_tokens());
  bench.auth.rates().set({.per_second = 2, .burst = 3});
  bench.router.get("/v1/alerts", Access::read, says("alerts"));
  bench.router.get("/healthz", Access::open, says("fine"), Reach{.when_full = true, .any_host = true});
  bench.router.get("/app.js", Access::open, says("script"));
  bench.router.add(Route{"POST", "/v1/session", Access::open, says("cookie"), 4096});
  Route post{"POST", "/ingest/wire", Access::read, says("taken"), 4096};
  post.admit = [](const ApiRequest& request) {
    return request.header("x-key") == "right" ? std::nullopt : std::optional(ApiResponse{401});
  };
  bench.router.add(std::move(post));
  auto now = std::chrono::steady_clock::now();
  const auto ask = [&](const std::string& method, const std::string& target, Fields headers,
                       const std::string& client = "192.0.2.7") {
    ApiRequest request;
    request.method = method;
    request.client = client;
    request.headers = std::move(headers);
    request.headers.emplace_back("host", "localhost");
    Head head;
    head.target = target;
    head.hosts = 1;
    return check_request(*bench.core, head, request, now).refusal.value_or(ApiResponse{});
  };
  const Fields desk{{"authorization", "Bearer desk-token"}}, wrong{{"authorization", "Bearer guess"}};

  for (int i = 0; i < 3; ++i) CHECK(ask("GET", "/v1/alerts", desk).status == 200);
  const ApiResponse refused = ask("GET", "/v1/alerts", desk);
  CHECK(refused.status == 429);
  CHECK(refused.content_type == "application/problem+json");
  CHECK(has(refused.body, "urn:tapewatch:problem:too-many-requests"));
  CHECK(has(refused.body, "token desk may ask 2 times a second, 3 at once (daemon.max_requests_per_second"));
  CHECK(has(refused.body, R"("limit":{"name":"max_requests_per_second","value":2})"));
  CHECK(refused.headers == Fields{{"Retry-After", "1"}});

  // Supervisors and the page's files are always answered; others have limits of their own.
  for (int i = 0; i < 9; ++i) CHECK(ask("GET", "/healthz", {}).status == 200);
  for (int i = 0; i < 9; ++i) CHECK(ask("GET", "/app.js", {}).status == 200);
  CHECK(ask("GET", "/v1/alerts", {{"authorization", "Bearer wire-token"}}).status == 403);

  // Without a token the address counts: of guesses, of signing in, of a source's wrong key.
  CHECK(ask("GET", "/v1/alerts", wrong).status == 401);
  CHECK(ask("POST", "/v1/session", {}).status == 200);
  CHECK(ask("POST", "/ingest/wire", {}).status == 401);
  CHECK(ask("GET", "/v1/alerts", wrong).status == 429);
  CHECK(ask("POST", "/v1/session", {}).status == 429);
  CHECK(ask("POST", "/ingest/wire", {}).status == 429);
  CHECK(ask("POST", "/ingest/wire", {{"x-key", "right"}}).status == 200);
  CHECK(ask("GET", "/v1/alerts", wrong, "192.0.2.8").status == 401);

  now += 500ms;
  CHECK(ask("GET", "/v1/alerts", desk).status == 200);
  CHECK(ask("GET", "/v1/alerts", desk).status == 429);
  bench.auth.rates().set({});
  CHECK(ask("GET", "/v1/alerts", desk).status == 200);
  const std::string metrics = bench.metrics.expose();
  CHECK(has(metrics, "tapewatch_http_rate_limited_total{caller=\"token desk\"} 2"));
  CHECK(has(metrics, "tapewatch_http_rate_limited_total{caller=\"addresses\"} 3"));
}
