// Webhooks that a reload changes while messages wait and requests are in flight.
#include <filesystem>
#include <iterator>

#include "tests/daemon/pipeline/delivery/delivery_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using script_test::answer_200;
using script_test::Connection;
using script_test::Script;
using script_test::ScriptServer;
using Bench = tests::DeliveryBench;

namespace asio = boost::asio;

namespace {

/// Answers a request only after `open` says so.
Script held_until(const bool& open, std::string answer) {
  return Script([&open, answer](Connection& c, const std::string&) -> asio::awaitable<void> {
    while (!open) {
      asio::steady_timer soon(co_await asio::this_coro::executor, 1ms);
      co_await soon.async_wait(asio::use_awaitable);
    }
    co_await c.send(answer);
  });
}

std::string id_of(const std::string& request) {
  const auto at = request.find("webhook-id: ") + 12;
  return request.substr(at, request.find('\r', at) - at);
}

}  // namespace

TEST_CASE(
    "webhook replacement: a request in flight ends at the old address, and the alert's next message waits for it") {
  bool open = false;
  Bench bench(held_until(open, answer_200("")));
  ScriptServer other(bench.io, answer_200(""));
  bench.add("msg_2", "al_1");
  bench.add("msg_3", "al_1");
  bench.webhook.max_in_flight = 4;
  bench.deliver(0);
  bench.run_until([&] { return bench.server.requests().size() == 1; });
  auto moved = bench.webhook;
  moved.url = other.url("/moved");
  bench.replace({moved}, {"desk"});
  bench.add("msg_4", "al_4");
  open = true;
  const auto rows = bench.go_on(4);
  CHECK(bench.server.requests().size() == 1);  // msg_1, which is of no alert
  REQUIRE(other.requests().size() == 3);
  for (const auto& row : rows) {
    CHECK(row.state == "delivered");
    CHECK(row.attempts == 1);
  }
  std::vector<std::string> order;
  for (const auto& request : other.requests()) {
    CHECK(request.starts_with("POST /moved HTTP/1.1\r\n"));
    if (id_of(request) != "msg_4") order.push_back(id_of(request));
  }
  CHECK(order == std::vector<std::string>{"msg_2", "msg_3"});
}

TEST_CASE(
    "webhook replacement: what the old address answers last, 410 or a long Retry-After, does not concern the new") {
  for (const std::string answer : {"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
                                   "HTTP/1.1 429 Slow\r\nRetry-After: 900\r\nContent-Length: 0\r\n\r\n"}) {
    bool open = false;
    Bench bench(held_until(open, answer));
    ScriptServer other(bench.io, answer_200(""));
    bench.deliver(0);
    bench.run_until([&] { return bench.server.requests().size() == 1; });
    auto moved = bench.webhook;
    moved.url = other.url("/moved");
    bench.replace({moved}, {"desk"});
    open = true;
    const auto rows = bench.go_on(2);
    CHECK(rows.at(0).state == "delivered");
    CHECK(rows.at(0).attempts == 2);
    CHECK(id_of(other.requests().at(0)) == "msg_1");
  }
}

TEST_CASE("webhook replacement: one that is removed keeps what is pending, and sends it when it returns") {
  Bench bench(
      Script([](Connection& c, const std::string&) -> asio::awaitable<void> { co_await c.send(answer_200("")); }));
  bench.deliver(1);
  bench.replace({}, {});
  bench.add("msg_2", "al_2");
  bench.go_on(1);  // wakes the loop
  CHECK_FALSE(bench.sends_more_within(200ms));
  bench.replace({bench.webhook}, {});
  const auto rows = bench.go_on(2);
  CHECK(rows.at(0).state == "delivered");
  CHECK(rows.at(1).state == "delivered");
}

TEST_CASE("webhook replacement: one that is added begins at once, one that is unchanged is left alone") {
  Bench bench(
      Script([](Connection& c, const std::string&) -> asio::awaitable<void> { co_await c.send(answer_200("")); }));
  bench.deliver(1);
  auto second = bench.webhook;
  second.name = "second";
  second.url = bench.server.url("/second");
  bench.replace({bench.webhook, second}, {});
  bench.add("msg_2", "al_2");
  bench.add("msg_3", "al_3", "second");
  bench.go_on(3);
  REQUIRE(bench.server.requests().size() == 3);
  int to_second = 0;
  for (const auto& request : bench.server.requests()) to_second += request.starts_with("POST /second") ? 1 : 0;
  CHECK(to_second == 1);
}

TEST_CASE("webhook replacement: a client goes with its last request, and a returning webhook has a new one") {
  const script_test::Authority authority;
  bool open = false;
  Bench bench(held_until(open, answer_200("")));
  bench.webhook.ca_file = authority.file();
  bench.deliver(0);
  bench.run_until([&] { return bench.server.requests().size() == 1; });
  const auto descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  bench.replace({bench.webhook}, {"desk"});
  const auto two_clients = descriptors();
  for (int i = 0; i < 10; ++i) bench.replace({bench.webhook}, {"desk"});
  CHECK(descriptors() == two_clients);  // the one in flight, and the latest
  open = true;
  CHECK(bench.go_on(1).at(0).state == "delivered");
  bench.replace({}, {});
  bench.add("msg_2", "al_2");
  bench.replace({bench.webhook}, {});
  CHECK(bench.go_on(2).at(0).state == "delivered");
  CHECK(descriptors() < two_clients);
}
