// The weekly account: when it is due, that each week is told once, and what it counts.
#include "daemon/pipeline/writing/weekly_account.hpp"

#include <boost/json.hpp>

#include "daemon/pipeline/writing/account_loop.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/mark.hpp"
#include "tests/storage/alert/alert_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

// 2026-03-02 is a Monday; at_minute(0) is its 09:00.
const TimePoint kDue = storage_test::at_minute(-60) + 24h * 7;

struct Accounts : storage_test::AlertFixture {
  Accounts() {
    alerts::RuleOptions rule;
    rule.name = "burst";
    rule.false_alarms = {.count = 2, .per = 24h};
    options.rules = {rule};
    for (const char* format : {"tapewatch", "pagerduty"}) {
      alerts::WebhookOptions webhook;
      webhook.name = format;
      webhook.format = format;
      webhook.events = {"firing", "account"};
      options.webhooks.push_back(webhook);
    }
    options.webhooks.emplace_back().name = "not told";
  }
  std::optional<std::size_t> at(TimePoint now) {
    std::optional<std::size_t> written;
    write([&] { written = write_account(connection, options, now); });
    return written;
  }
  std::vector<storage::OutboxRow> messages() { return storage::Outbox(connection).list({}).items; }

  AccountOptions options;
};

}  // namespace

TEST_CASE("an account is due on Mondays at 08:00 UTC") {
  CHECK(account_due(kDue) == kDue);
  CHECK(account_due(kDue - 1ms) == kDue - 24h * 7);
  CHECK(account_due(kDue + 24h * 7 - 1ms) == kDue);
}

TEST_CASE("each week is told once, to those who ask for it, also after a restart and a lost commit") {
  Accounts f;
  CHECK_FALSE(f.at(kDue - 24h));  // a new database: nothing was promised for the week before
  CHECK_FALSE(f.at(kDue - 1ms));
  f.record("a", 1, "firing", {}, kDue - 24h);
  f.record("b", 1, "firing", {}, kDue - 1ms);
  f.record("c", 1, "firing", {}, kDue);  // of the next week
  f.write([&] {
    f.connection.execute(
        "INSERT INTO acknowledgement (alert, at, author, comment, verdict, token) SELECT number, 0, 'ann', '', "
        "'useful', '' FROM alert WHERE id = 'a'");
  });
  {
    const storage::Transaction lost(f.connection);
    CHECK(write_account(f.connection, f.options, kDue) == 1);
  }
  CHECK(f.messages().empty());
  CHECK(f.at(kDue + 5min) == 1);
  CHECK_FALSE(f.at(kDue + 6min));
  auto after_restart = storage::Connection::open_reader(f.folder.file());
  CHECK(storage::read_mark(after_restart, storage::kAccountedTo) == kDue.time_since_epoch().count());

  const auto messages = f.messages();
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].message.webhook == "tapewatch");
  CHECK(messages[0].message.type == "account");
  const auto data = boost::json::parse(messages[0].message.body).at("data");
  CHECK(data.at("rules").at(0).at("promised").to_number<double>() == 14.0);
  CHECK(data.at("rules").at(0).at("spent") == 2);
  CHECK(data.at("rules").at(0).at("useful") == 1);
  CHECK(data.at("rules").at(0).at("unjudged") == 1);
}

TEST_CASE("a webhook is told of the rules whose alerts it would get, and of nothing where there are none") {
  Accounts f;
  f.options.rules.resize(3, f.options.rules[0]);
  f.options.rules[1].name = "night";
  f.options.rules[1].labels = {{"team", "night"}};
  f.options.rules[2].name = "raised";
  f.options.rules[2].severity = "warning";
  f.options.rules[2].escalate = alerts::Escalation{30min, "critical"};
  f.options.webhooks[0].match = {{"severity", {"warning"}}};
  f.options.webhooks.push_back(f.options.webhooks[0]);
  f.options.webhooks[1] = f.options.webhooks[0];
  f.options.webhooks[1].name = "night";
  f.options.webhooks[1].match = {{"team", {"night"}}};
  f.options.webhooks[2] = f.options.webhooks[0];
  f.options.webhooks[2].name = "grave";
  f.options.webhooks[2].match = {{"severity", {"critical"}}, {"rule", {"burst", "raised"}}};
  f.options.webhooks[3].name = "nobody";
  f.options.webhooks[3].match = {{"team", {"day"}}};
  f.at(kDue - 24h);
  CHECK(f.at(kDue) == 3);
  std::map<std::string, std::vector<std::string>> told;
  for (const auto& row : f.messages()) {
    const auto data = boost::json::parse(row.message.body).at("data");
    for (const auto& rule : data.at("rules").as_array()) {
      told[row.message.webhook].emplace_back(rule.at("rule").as_string());
    }
  }
  CHECK(told == std::map<std::string, std::vector<std::string>>{
                    {"tapewatch", {"raised"}}, {"night", {"night"}}, {"grave", {"burst", "raised"}}});
}

TEST_CASE("of weeks without the daemon the last is told; a week without rules is not") {
  Accounts f;
  f.at(kDue - 24h);
  CHECK(f.at(kDue + 24h * 21 + 1h) == 1);
  const auto data = boost::json::parse(f.messages()[0].message.body).at("data");
  CHECK(data.at("to") == "2026-03-30T08:00:00.000Z");
  f.options.rules.clear();
  CHECK_FALSE(f.at(kDue + 24h * 28));
  CHECK(f.messages().size() == 1);
}

namespace {

struct StandingClock final : EventClock {
  TimePoint now() const override { return time; }
  std::optional<std::chrono::milliseconds> departure() const override { return doubt; }
  TimePoint time = kDue - 1s;
  std::optional<std::chrono::milliseconds> doubt;
};

}  // namespace

TEST_CASE("the loop asks the writer when a week is over, and not while the clock is in doubt") {
  Accounts f;
  f.at(kDue - 24h);
  boost::asio::io_context io;
  WriterQueue writer(1, 8);
  StandingClock clock;
  AccountLoop loop(
      io, [&] { return f.options; }, writer, clock, std::make_shared<spdlog::logger>("test"), 1ms);
  // As the writer would: one transaction a command.
  const auto serve = [&] {
    for (int round = 0; round < 20; ++round) {
      io.run_for(5ms);
      for (Command& command : writer.pop(0, 0ms).commands) {
        f.write([&] { command.apply(f.connection, clock.time); });
        command.done(true);
      }
    }
    return f.messages().size();
  };
  loop.start();
  CHECK(serve() == 0);
  clock.time = kDue + 1s;
  clock.doubt = 1h;
  CHECK(serve() == 0);
  clock.doubt.reset();
  CHECK(serve() == 1);
  CHECK(serve() == 1);
  bool stopped = false;
  loop.stop([&] { stopped = true; });
  while (!stopped) REQUIRE(io.run_one_for(20s) > 0);
}
