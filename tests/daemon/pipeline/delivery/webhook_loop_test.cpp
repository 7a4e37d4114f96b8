#include "daemon/pipeline/delivery/webhook_loop.hpp"

#include <algorithm>

#include "tests/daemon/pipeline/delivery/delivery_bench.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using script_test::answer_200;
using script_test::Connection;
using script_test::Script;
using Bench = tests::DeliveryBench;

namespace asio = boost::asio;

namespace {

Script answering(std::string text, bool then_close) {
  return Script([text, then_close](Connection& c, const std::string&) -> asio::awaitable<void> {
    co_await c.send(text);
    if (!then_close) co_await c.wait_for_close();
    c.socket().close();
  });
}

}  // namespace

TEST_CASE("webhook loop: a 2xx is a success whatever happens to its body") {
  const std::string head = "HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n";
  const std::vector<std::pair<std::string, Script>> receivers = {
      {"cut off", answering(head + "half", true)},
      {"without end", answering(head + "half", false)},
      {"not chunked as it says", answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", true)},
      {"no gzip", answering(answer_200("\x1f\x8b!", "Content-Encoding: gzip\r\n"), true)}};
  for (const auto& [body, receiver] : receivers) {
    INFO(body);
    Bench bench(receiver);
    const auto row = bench.deliver();
    CHECK(row.state == "delivered");
    CHECK(row.attempts == 1);
    CHECK(row.last_error.empty());
  }
}

TEST_CASE("webhook loop: without a final status nothing was accepted") {
  Bench bench(answering("HTTP/1.1 102 Processing\r\n\r\n", true));
  const auto row = bench.deliver();
  CHECK(row.state == "pending");
  CHECK(row.last_status == 0);
}

TEST_CASE("webhook loop: Retry-After counts though the body of the refusal is cut off") {
  Bench bench(answering("HTTP/1.1 503 Busy\r\nRetry-After: 900\r\nContent-Length: 100\r\n\r\n", true));
  const TimePoint before = wall_now();
  const auto row = bench.deliver();
  CHECK(row.state == "pending");
  CHECK(row.last_status == 503);
  CHECK(row.next_attempt_at >= before + 900s);
}

TEST_CASE("webhook loop: messages go through the daemon's proxy or the webhook's own, and neither is logged") {
  Bench bench(answering(answer_200(""), true), "http://alerts.example.com/hook");
  bench.options.proxy.url = "http://user:secret@127.0.0.1:" + std::to_string(bench.server.port());
  CHECK(bench.deliver().state == "delivered");
  CHECK(bench.server.requests().at(0).rfind("POST http://alerts.example.com/hook HTTP/1.1\r\n", 0) == 0);

  Bench own(answering(answer_200(""), true), "http://alerts.example.com/hook");
  own.options.proxy.url = "http://user:secret@127.0.0.1:1";
  own.webhook.proxy = own.server.url("");
  CHECK(own.deliver().state == "delivered");

  Bench direct(answering(answer_200(""), true));
  direct.options.proxy.url = "http://user:secret@127.0.0.1:1";
  direct.webhook.proxy = "";
  CHECK(direct.deliver().state == "delivered");

  Bench dead(answering(answer_200(""), true), "http://alerts.example.com/hook");
  dead.options.proxy.url = "http://user:secret@127.0.0.1:1";
  const auto row = dead.deliver();
  CHECK(row.state == "pending");
  CHECK(row.last_error.find("proxy: ") == 0);
  CHECK(row.last_error.find("secret") == std::string::npos);
}

TEST_CASE("webhook loop: several alerts are in flight at a time, the messages of one alert in their order") {
  std::size_t open = 0, most = 0;
  std::vector<std::string> of_alert;
  Bench bench(Script([&](Connection& c, const std::string& request) -> asio::awaitable<void> {
    most = std::max(most, ++open);
    const auto at = request.find("webhook-id: ") + 12;
    const auto id = request.substr(at, request.find('\r', at) - at);
    if (id.starts_with("one_")) of_alert.push_back(id);
    asio::steady_timer slow(co_await asio::this_coro::executor, 50ms);
    co_await slow.async_wait(asio::use_awaitable);
    --open;
    co_await c.send(answer_200(""));
  }));
  bench.webhook.max_in_flight = 4;
  for (int i = 0; i < 12; ++i) bench.add("other_" + std::to_string(i), "al_" + std::to_string(i));
  for (int i = 0; i < 5; ++i) bench.add("one_" + std::to_string(i), "al_one");
  for (const auto& row : bench.deliver(18)) {
    CHECK(row.state == "delivered");
    CHECK(row.attempts == 1);
  }
  CHECK(most == 4);
  CHECK(of_alert == std::vector<std::string>{"one_0", "one_1", "one_2", "one_3", "one_4"});
}

TEST_CASE("webhook loop: a refusal holds every message until the time that the endpoint names") {
  int answers = 0;
  Bench bench(Script([&](Connection& c, const std::string&) -> asio::awaitable<void> {
    const bool first = ++answers == 1;
    const std::string answer =
        first ? answer_200("") : "HTTP/1.1 429 Slow Down\r\nRetry-After: 900\r\nContent-Length: 0\r\n\r\n";
    co_await c.send(answer);
  }));
  for (int i = 0; i < 20; ++i) bench.add("msg_x" + std::to_string(i), "al_" + std::to_string(i));
  const TimePoint before = wall_now();
  const auto rows = bench.deliver(3);
  CHECK(answers == 3);  // one, then two at a time: both refused
  int refused = 0;
  for (const auto& row : rows) {
    if (row.last_status == 429) ++refused;
    if (row.last_status == 429) CHECK(row.next_attempt_at >= before + 900s);
  }
  CHECK(refused == 2);
  CHECK_FALSE(bench.sends_more_within(300ms));
}

TEST_CASE("webhook loop: of several that are answered 410 the first switches the endpoint off, once") {
  int answers = 0;
  Bench bench(Script([&](Connection& c, const std::string&) -> asio::awaitable<void> {
    const std::string answer = ++answers == 1 ? answer_200("") : "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n";
    co_await c.send(answer);
  }));
  for (int i = 0; i < 6; ++i) bench.add("msg_x" + std::to_string(i), "al_" + std::to_string(i));
  int off = 0;
  for (const auto& row : bench.deliver(3)) off += row.state == "disabled" ? 1 : 0;
  CHECK(off == 6);
  CHECK_FALSE(bench.sends_more_within(300ms));
  CHECK(answers == 3);
}

TEST_CASE("webhook loop: the log says what was sent to whom, what failed, why, and when it is tried again") {
  const auto has = [](const std::string& lines, const std::string& line) {
    INFO(lines);
    return lines.find(line) != std::string::npos;
  };
  int answers = 0;
  Bench bench(Script([&](Connection& c, const std::string&) -> asio::awaitable<void> {
    const std::string answer =
        ++answers > 1 ? answer_200("") : "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
    co_await c.send(answer);
  }));
  bench.add("msg_2", "al_1");
  bench.deliver(3);
  const std::string origin = bench.server.url("");
  CHECK(has(bench.lines(), "warning webhook desk: alert.firing of alert  failed at " + origin +
                               " (HTTP 503); it will be tried again in 1 second\n"));
  CHECK(has(bench.lines(), "info webhook desk: delivers again (1 failure in 1 minute)\n"));
  CHECK(has(bench.lines(), "info webhook desk: alert.firing of alert al_1 delivered (attempt 1, "));

  Bench gone(answering("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", true));
  gone.webhook.fallback = "mail";
  gone.deliver(1);
  const auto times = [&] {
    std::size_t count = 0;
    const std::string line =
        "error webhook desk: " + gone.server.url("") + " answered HTTP 410 to alert.firing of alert ";
    for (auto at = gone.lines().find(line); at != std::string::npos; at = gone.lines().find(line, at + 1)) ++count;
    return count;
  };
  gone.run_until([&] { return times() == 1; });
  CHECK(has(gone.lines(), "until POST /v1/webhooks/desk/enable; its fallback is mail\n"));
  gone.enable();
  gone.go_on(2);
  gone.run_until([&] { return times() == 2; });  // switched off once more: that is news
}

TEST_CASE("webhook loop: a chat gets what is due in one message, one that refuses it gets them one by one") {
  int answers = 0;
  Bench bench(Script([&](Connection& c, const std::string& request) -> asio::awaitable<void> {
    const bool refuse = ++answers == 2;  // the first is alone: one request at first
    CHECK(request.starts_with("POST /hook HTTP/1.1\r\n"));
    const std::string answer = refuse ? "HTTP/1.1 400 invalid_payload\r\nContent-Length: 0\r\n\r\n" : answer_200("ok");
    co_await c.send(answer);
  }));
  bench.webhook.format = "slack";
  bench.deliver(1);
  for (int i = 0; i < 3; ++i) bench.add("msg_x" + std::to_string(i), "al_" + std::to_string(i));
  const auto rows = bench.go_on(4);
  CHECK(answers == 5);  // alone, three together, each of the three
  for (const auto& row : rows) CHECK(row.state == "delivered");
}

TEST_CASE("webhook loop: what fires is sent again to a receiver that forgets it") {
  std::size_t answers = 0;
  Bench bench(Script([&](Connection& c, const std::string& request) -> asio::awaitable<void> {
    CHECK(request.starts_with("POST /hook/api/v2/alerts HTTP/1.1\r\n"));
    ++answers;
    co_await c.send(answer_200(""));
  }));
  bench.webhook.format = "alertmanager";
  bench.options.repeat_every = 20ms;
  bench.fire("al_1");
  bench.deliver(1);
  CHECK(bench.sends_more_within(5s));
  CHECK(bench.sends_more_within(5s));
  CHECK(answers >= 3);
}

TEST_CASE("webhook loop: all that fires is sent again, a page after another") {
  std::vector<std::size_t> alerts;  // of each request
  Bench bench(Script([&](Connection& c, const std::string& request) -> asio::awaitable<void> {
    std::size_t labels = 0;
    for (auto at = request.find("\"labels\""); at != std::string::npos; at = request.find("\"labels\"", at + 1)) {
      ++labels;
    }
    alerts.push_back(labels);
    co_await c.send(answer_200(""));
  }));
  bench.webhook.format = "alertmanager";
  bench.options.repeat_every = 20ms;
  bench.options.repeat_page = 2;
  for (int i = 0; i < 5; ++i) bench.fire("al_" + std::to_string(i));
  bench.deliver(1);
  bench.run_until([&] { return alerts.size() >= 10; });
  const std::vector<std::size_t> round = {2, 2, 1};
  CHECK(std::search(alerts.begin(), alerts.end(), round.begin(), round.end()) != alerts.end());
}
