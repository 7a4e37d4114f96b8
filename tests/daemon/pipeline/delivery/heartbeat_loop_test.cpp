#include "daemon/pipeline/delivery/heartbeat_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <optional>

#include "alerts/formats/service_message.hpp"
#include "alerts/formats/told_message.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/pipeline/delivery/service_messages.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

/// Heartbeats to "desk" every hour. The test is the writer, and says what time it is.
class HeartbeatBench {
 public:
  explicit HeartbeatBench(const std::string& file) : connection_(storage::Connection::open_writer(file, {})) {}

  /// The first round of a daemon that starts at `now`: what waits for the desk afterwards.
  std::vector<storage::OutboxRow> first_round(storage::TimePoint now) {
    boost::asio::io_context io;
    const HeartbeatLoop::Settings settings{{{"desk", 1h}}, "c0ffee"};
    HeartbeatLoop loop(
        io, [settings] { return settings; }, writer_, [this] { return troubles; }, silent_logger());
    loop.start();
    std::optional<Command> command;
    while (!command) {
      REQUIRE(io.run_one_for(20s) > 0);
      for (auto& one : writer_.pop(0, 0ms).commands) command = std::move(one);
    }
    storage::Transaction transaction(connection_);
    command->apply(connection_, now);
    transaction.commit();
    command->done(true);
    bool ended = false;
    loop.stop([&] { ended = true; });
    while (!ended) REQUIRE(io.run_one_for(20s) > 0);
    return storage::Outbox(connection_).list({.webhook = "desk", .state = "pending"}).items;
  }
  std::size_t written() { return storage::Outbox(connection_).list({.webhook = "desk"}).items.size(); }

  std::vector<std::string> troubles;

 private:
  storage::Connection connection_;
  WriterQueue writer_{1, 8};
};

const storage::TimePoint kNoon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 12h;

}  // namespace

TEST_CASE("heartbeats: one an interval, whatever is restarted, and only the newest waits") {
  storage_test::TempFolder folder;
  HeartbeatBench bench(folder.file());
  REQUIRE(bench.first_round(kNoon).size() == 1);
  CHECK(bench.first_round(kNoon + 59min).size() == 1);
  CHECK(bench.written() == 1);
  const auto waiting = bench.first_round(kNoon + 61min);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].message.created_at == kNoon + 61min);
  CHECK(bench.written() == 2);  // the first one is superseded
}

TEST_CASE("heartbeats: a wall clock that was set back does not silence them") {
  storage_test::TempFolder folder;
  HeartbeatBench bench(folder.file());
  bench.first_round(kNoon);
  bench.first_round(kNoon - 24h);
  CHECK(bench.written() == 2);
}

TEST_CASE("heartbeats: what is wrong stands in them") {
  storage_test::TempFolder folder;
  HeartbeatBench bench(folder.file());
  bench.troubles = {"clock: the wall clock is off by 400 s"};
  const auto body = boost::json::parse(bench.first_round(kNoon).at(0).message.body);
  CHECK(body.at("type") == "heartbeat");
  CHECK(body.at("data").at("status") == "degraded");
  CHECK(body.at("data").at("troubles").at(0) == "clock: the wall clock is off by 400 s");
  CHECK(body.at("data").at("firing") == 0);
  CHECK(body.at("data").at("interval") == "1h");
  CHECK(body.at("data").at("config_version") == "c0ffee");
}

TEST_CASE("tests of a webhook: an incident system is told the end as well, after the beginning") {
  alerts::WebhookOptions webhook;
  webhook.name = "desk";
  const auto one = to_test_messages(webhook, "r1", {}, kNoon);
  REQUIRE(one.size() == 1);
  CHECK(one[0].type == "test");
  CHECK(to_test_messages(webhook, "r2", {}, kNoon)[0].id != one[0].id);
  webhook.format = "pagerduty";
  const auto two = to_test_messages(webhook, "r1", {}, kNoon);
  REQUIRE(two.size() == 2);
  CHECK(two[0].alert_id == two[1].alert_id);
  CHECK(two[0].id != two[1].id);
  CHECK(alerts::read_told_message(two[1].body).is_resolved());
  CHECK_FALSE(alerts::read_told_message(two[0].body).is_resolved());
}
