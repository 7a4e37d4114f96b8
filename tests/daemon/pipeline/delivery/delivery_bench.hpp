#pragma once

#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/observe/log.hpp"
#include "daemon/pipeline/delivery/webhook_loop.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/script_server.hpp"

namespace tapewatch::tests {

using namespace std::chrono_literals;
using script_test::Script;
using script_test::ScriptServer;

namespace asio = boost::asio;

inline const std::string kBody =
    R"({"type":"alert.firing","data":{"id":"al_1","rule":"negative-burst","summary":"news"}})";

/// A receiver, and the loop that delivers one message to it, on an io_context that the test drives; the test is the
/// writer.
class DeliveryBench {
 public:
  /// Sends to `url`, or to the receiver where it is empty.
  explicit DeliveryBench(Script receiver, const std::string& url = "")
      : server(io, std::move(receiver)), connection_(storage::Connection::open_writer(folder_.file(), {})) {
    add("msg_1", "");
    webhook.name = "desk";
    webhook.url = url.empty() ? server.url("/hook") : url;
    webhook.timeout = 1s;
    options.database = folder_.file();
  }
  ~DeliveryBench() {
    if (!loop_) return;
    bool ended = false;
    loop_->stop([&] { ended = true; });
    while (!ended) run_once();
  }
  DeliveryBench(const DeliveryBench&) = delete;
  DeliveryBench& operator=(const DeliveryBench&) = delete;

  void add(const std::string& id, const std::string& alert, const std::string& to = "desk") {
    const TimePoint now = wall_now();
    storage::Transaction transaction(connection_);
    storage::Outbox(connection_).enqueue({id, to, "alert.firing", alert, kBody, now}, now);
    transaction.commit();
  }
  /// An alert as it stands in the database while it fires, with its message.
  void fire(const std::string& alert) {
    storage::AlertRow row;
    row.id = alert;
    row.rule = "negative-burst";
    row.severity = "critical";
    row.state = "firing";
    row.key_json = row.evidence_json = row.labels_json = "{}";
    row.measure = "negative_stories";
    row.type = "alert.firing";
    row.sequence = 1;
    const TimePoint now = wall_now();
    const storage::OutboxMessage message{"msg_" + alert, "desk", "alert.firing", alert, kBody, now};
    storage::Transaction transaction(connection_);
    storage::AlertWriter(connection_, {}).record(row, std::vector{message}, now);
    transaction.commit();
  }

  /// The delivery after the first attempt's receipt is committed.
  storage::OutboxRow deliver() { return deliver(1).at(0); }
  /// The deliveries, newest first, after this many receipts.
  std::vector<storage::OutboxRow> deliver(int receipts) {
    loop_ = std::make_unique<WebhookLoop>(io, options, std::vector{webhook}, writer_, notifier_, metrics_, log_);
    loop_->start();
    return go_on(receipts);
  }
  std::vector<storage::OutboxRow> go_on(int receipts) {
    notifier_.notify();
    while (receipts_ < receipts) run_once();
    return storage::Outbox(connection_).list({}).items;
  }

  /// As POST /v1/webhooks/desk/enable does.
  void enable() {
    storage::Transaction transaction(connection_);
    storage::Outbox(connection_).enable("desk", wall_now());
    transaction.commit();
  }
  /// What an operator reads: level and text.
  std::string lines() const { return lines_.str(); }

  /// A reload of the webhooks: `changed` are the names of those that differ.
  void replace(std::vector<alerts::WebhookOptions> webhooks, const std::vector<std::string>& changed) {
    loop_->replace(std::move(webhooks), changed, "second");
  }
  /// Lets the loop run until `done`.
  template <class Done>
  void run_until(Done done) {
    while (!done()) run_once();
  }

  /// Whether another request arrives within `wait`.
  bool sends_more_within(std::chrono::milliseconds wait) {
    const auto before = server.requests().size();
    const auto end = std::chrono::steady_clock::now() + wait;
    while (std::chrono::steady_clock::now() < end && server.requests().size() == before) {
      io.run_one_until(end);
      write();
    }
    return server.requests().size() > before;
  }

  asio::io_context io;
  ScriptServer server;
  alerts::WebhookOptions webhook;
  WebhookLoopOptions options;

 private:
  void run_once() {
    REQUIRE(io.run_one_for(20s) > 0);
    write();
  }
  void write() {
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
  std::ostringstream lines_;
  std::shared_ptr<spdlog::logger> log_ = [this] {
    auto log = std::make_shared<spdlog::logger>("webhook", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_));
    log->set_pattern("%l %v");
    return log;
  }();
  std::unique_ptr<WebhookLoop> loop_;
  int receipts_ = 0;
};

}  // namespace tapewatch::tests
