#include "daemon/pipeline/delivery/webhook_loop.hpp"

#include "daemon/observe/log.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/script_server.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using script_test::answer_200;
using script_test::Connection;
using script_test::Script;
using script_test::ScriptServer;

namespace asio = boost::asio;

namespace {

/// A receiver, and the loop that delivers one message to it, on an io_context that the test drives; the test is the
/// writer.
class Bench {
 public:
  /// Sends to `url`, or to the receiver where it is empty.
  explicit Bench(Script receiver, const std::string& url = "")
      : server(io, std::move(receiver)), connection_(storage::Connection::open_writer(folder_.file(), {})) {
    const TimePoint now = wall_now();
    storage::Transaction transaction(connection_);
    storage::Outbox(connection_).enqueue({"msg_1", "desk", "alert.firing", "", "{\"a\":1}", now}, now);
    transaction.commit();
    webhook.name = "desk";
    webhook.url = url.empty() ? server.url("/hook") : url;
    webhook.timeout = 1s;
    options.database = folder_.file();
  }
  ~Bench() {
    if (!loop_) return;
    bool ended = false;
    loop_->stop([&] { ended = true; });
    while (!ended) run_once();
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// The delivery after the first attempt's receipt is committed.
  storage::OutboxRow deliver() {
    loop_ =
        std::make_unique<WebhookLoop>(io, options, std::vector{webhook}, writer_, notifier_, metrics_, silent_logger());
    loop_->start();
    while (receipts_ == 0) run_once();
    return storage::Outbox(connection_).list({}).items.at(0);
  }

  asio::io_context io;
  ScriptServer server;
  alerts::WebhookOptions webhook;
  WebhookLoopOptions options;

 private:
  void run_once() {
    REQUIRE(io.run_one_for(20s) > 0);
    for (auto& command : writer_.pop(0, 0ms).commands) {
      storage::Transaction transaction(connection_);
      command.apply(connection_, wall_now());
      transaction.commit();
      command.done(true);
      ++receipts_;
    }
  }

  storage_test::TempFolder folder_;
  storage::Connection connection_;
  WriterQueue writer_{1, 8};
  CommitNotifier notifier_;
  Metrics metrics_{"test", "none"};
  std::unique_ptr<WebhookLoop> loop_;
  int receipts_ = 0;
};

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
