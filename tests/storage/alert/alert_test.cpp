#include "storage/alert/alert_reader.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/alert/events.hpp"
#include "storage/alert/outbox.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

struct Fixture {
  TempFolder folder;
  Connection connection = Connection::open_writer(folder.file());
  Outbox outbox{connection};

  /// Records transition `sequence` of the alert with one message to each webhook.
  void record(const std::string& id, std::int64_t sequence, const std::string& state, std::vector<std::string> webhooks,
              TimePoint now, const std::string& type = "") {
    AlertRow row;
    row.id = id;
    row.rule = "burst";
    row.severity = "critical";
    row.state = state;
    row.key_json = R"({"topic":"earnings"})";
    row.measure = "negative_stories";
    row.evidence_json = R"({"observed":14,"expected":2.1,"p_value":3.1e-7})";
    row.started_at = at_minute(0);
    row.updated_at = now;
    if (state == "resolved") row.ended_at = now;
    row.sequence = sequence;
    row.type = type.empty() ? "alert." + state : type;
    std::vector<OutboxMessage> messages;
    for (const auto& webhook : webhooks) {
      messages.push_back({id + "." + std::to_string(sequence), webhook, row.type, id, row.type + " body", now});
    }
    write([&] { AlertWriter(connection, {}).record(row, messages, now); });
  }

  template <class Change>
  void write(const Change& change) {
    Transaction transaction(connection);
    change();
    transaction.commit();
  }

  void attempt(std::int64_t number, const std::string& outcome, TimePoint at, std::optional<TimePoint> next = {}) {
    write([&] { outbox.record_attempt(number, {at, outcome == "delivered" ? 200 : 503, "", outcome, next, 12}); });
  }

  std::vector<std::string> due(const std::string& webhook, TimePoint now) {
    std::vector<std::string> ids;
    for (const auto& row : outbox.due(webhook, now, 100)) ids.push_back(row.message.id);
    return ids;
  }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("an alert keeps its history, its deliveries and a place in the sequence") {
  Fixture f;
  f.record("a", 1, "pending", {}, at_minute(1), "pending");
  f.record("a", 2, "firing", {"desk"}, at_minute(2));
  f.record("b", 1, "firing", {}, at_minute(3));
  f.record("a", 3, "resolved", {"desk"}, at_minute(9));
  auto reading = Connection::open_reader(f.folder.file());
  const AlertReader reader(reading);
  const auto detail = reader.get("a");
  REQUIRE(detail);
  CHECK(detail->alert.row.state == "resolved");
  CHECK(detail->alert.row.sequence == 3);
  CHECK(*detail->alert.row.ended_at == at_minute(9));
  CHECK(detail->alert.opened_seq == 1);
  CHECK(detail->alert.seq == 4);
  REQUIRE(detail->transitions.size() == 3);
  CHECK(detail->transitions[0].row.state == "pending");
  CHECK(detail->transitions[1].row.type == "alert.firing");
  CHECK(detail->transitions[1].row.rule == "burst");
  CHECK_FALSE(detail->transitions[1].row.ended_at);
  CHECK(detail->deliveries.size() == 2);
  CHECK(detail->deliveries[0].message.id == "a.2");
  CHECK_FALSE(reader.get("c"));
  CHECK(reader.counts().size() == 2);
  auto view = reading.prepare("SELECT observed, p_value FROM alert_view WHERE id = 'a'");
  REQUIRE(view.step());
  CHECK(view.integer(0) == 14);
  CHECK(view.real(1) == Approx(3.1e-7));
  const auto events = EventReader(reading).after(0, 10);
  REQUIRE(events.size() == 4);
  CHECK(events[1].type == "alert");
  CHECK(events[1].json.find(R"("key":{"topic":"earnings"})") != std::string::npos);
  CHECK_THROWS_AS(f.record("a", 3, "resolved", {}, at_minute(10)), StorageError);  // no transition twice
}

TEST_CASE("alerts are listed by start, filtered, paged") {
  Fixture f;
  for (int i = 0; i < 7; ++i) f.record("a" + std::to_string(i), 1, "firing", {}, at_minute(i));
  f.record("a3", 2, "resolved", {}, at_minute(20));
  const AlertReader reader(f.connection);
  CHECK(reader.list({.states = {"resolved"}}).items.size() == 1);
  CHECK(reader.list({.states = {"firing", "resolved"}, .rules = {"burst"}}).items.size() == 7);
  CHECK(reader.list({.rules = {"other"}}).items.empty());
  CHECK(reader.list({.from = at_minute(21)}).items.size() == 6);  // a3 was over by then
  CHECK(reader.list({.to = at_minute(0)}).items.empty());
  Ids seen;
  AlertQuery query{.limit = 3};
  for (;;) {
    const auto page = reader.list(query);
    for (const auto& item : page.items) seen.push_back(item.row.id);
    if (!page.next_cursor) break;
    query.cursor = *page.next_cursor;
  }
  CHECK(seen == Ids{"a6", "a5", "a4", "a3", "a2", "a1", "a0"});
  CHECK_THROWS_AS(reader.list({.cursor = "x"}), std::invalid_argument);
}

TEST_CASE("order holds per alert and endpoint; one alert does not hold another's") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  f.record("a", 2, "firing", {"desk", "mail"}, at_minute(1), "alert.updated");
  f.record("b", 1, "firing", {"desk"}, at_minute(2));
  CHECK(f.due("desk", at_minute(5)) == Ids{"a.1", "b.1"});
  CHECK(f.due("mail", at_minute(5)) == Ids{"a.1"});
  CHECK(f.due("", at_minute(5)).size() == 3);
  CHECK(f.due("desk", at_minute(0)) == Ids{"a.1"});  // b.1 was made later

  const auto first = f.outbox.due("desk", at_minute(5), 1).at(0).number;
  f.attempt(first, "retry", at_minute(5), at_minute(8));
  CHECK(f.due("desk", at_minute(7)) == Ids{"b.1"});  // a.2 waits behind a.1
  CHECK(*f.outbox.next_due("desk") == at_minute(2));
  f.attempt(first, "delivered", at_minute(8));
  CHECK(f.due("desk", at_minute(9)) == Ids{"a.2", "b.1"});
  CHECK(f.due("mail", at_minute(9)) == Ids{"a.1"});

  const auto log = f.outbox.attempts(first);
  REQUIRE(log.size() == 2);
  CHECK(log[0].result.status == 503);
  CHECK(log[0].result.outcome == "retry");
  CHECK(log[1].result.status == 200);
  const auto row = f.outbox.find(first);
  CHECK(row->state == "delivered");
  CHECK(row->attempts == 2);
  CHECK(*row->first_attempt_at == at_minute(5));
  f.attempt(first, "retry", at_minute(9), at_minute(10));  // a late receipt of another attempt
  CHECK(f.outbox.find(first)->state == "delivered");
  CHECK_THROWS_AS(f.attempt(9999, "delivered", at_minute(1)), std::invalid_argument);
  CHECK_THROWS_AS(f.attempt(first, "perhaps", at_minute(1)), std::invalid_argument);
}

TEST_CASE("an exhausted message lets the next one go; it can be tried again by hand") {
  Fixture f;
  f.record("a", 1, "firing", {"desk"}, at_minute(0));
  f.record("a", 2, "resolved", {"desk"}, at_minute(1));
  const auto first = f.outbox.due("desk", at_minute(5), 9).at(0).number;
  f.attempt(first, "exhausted", at_minute(5));
  CHECK(f.due("desk", at_minute(5)) == Ids{"a.2"});
  CHECK(f.outbox.list({.state = "exhausted"}).items.size() == 1);
  f.write([&] { CHECK(f.outbox.retry(first, at_minute(6))); });
  CHECK(f.due("desk", at_minute(6)) == Ids{"a.1"});
  f.attempt(first, "delivered", at_minute(6));
  f.write([&] { CHECK_FALSE(f.outbox.retry(first, at_minute(7))); });
}

TEST_CASE("one success flushes what waits for that endpoint, and no other") {
  Fixture f;
  for (const std::string id : {"a", "b", "c"}) f.record(id, 1, "firing", {"desk", "mail"}, at_minute(0));
  for (const auto& row : f.outbox.due("", at_minute(1), 100))
    f.attempt(row.number, "retry", at_minute(1), at_minute(60));
  CHECK(f.due("", at_minute(2)).empty());
  f.write([&] { CHECK(f.outbox.flush("desk", at_minute(2)) == 3); });
  CHECK(f.due("", at_minute(2)).size() == 3);
  CHECK(f.due("mail", at_minute(2)).empty());
}

TEST_CASE("a firing that never arrived and has resolved since goes out once, as missed") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  f.record("a", 2, "firing", {"desk", "mail"}, at_minute(1), "alert.updated");
  CHECK(f.outbox.missed("desk", 10).empty());  // not resolved yet
  f.attempt(f.outbox.due("mail", at_minute(1), 1).at(0).number, "delivered", at_minute(1));
  f.attempt(f.outbox.due("desk", at_minute(1), 1).at(0).number, "retry", at_minute(1), at_minute(30));
  f.record("a", 3, "resolved", {"desk", "mail"}, at_minute(2));
  const auto missed = f.outbox.missed("", 10);
  REQUIRE(missed.size() == 1);  // mail has had its firing
  CHECK(missed[0].resolved.webhook == "desk");
  CHECK(missed[0].resolved.id == "a.3");
  CHECK(missed[0].firing_attempts == 1);
  f.write([&] { f.outbox.supersede(missed[0].resolved_number, "missed body", at_minute(3)); });
  CHECK(f.due("desk", at_minute(3)) == Ids{"a.3"});
  CHECK(f.outbox.due("desk", at_minute(3), 9).at(0).message.body == "missed body");
  CHECK(f.outbox.missed("", 10).empty());
  CHECK(f.outbox.list({.webhook = "desk", .state = "superseded"}).items.size() == 2);
  CHECK(f.due("mail", at_minute(3)) == Ids{"a.2"});
}

TEST_CASE("a firing that was given up is missed as well") {
  Fixture f;
  f.record("a", 1, "firing", {"desk"}, at_minute(0));
  f.record("b", 1, "firing", {"desk"}, at_minute(0));
  for (const auto& row : f.outbox.due("desk", at_minute(1), 9)) f.attempt(row.number, "exhausted", at_minute(1));
  f.record("a", 2, "resolved", {"desk"}, at_minute(2));
  f.record("b", 2, "resolved", {"desk"}, at_minute(2));
  CHECK(f.outbox.missed("desk", 10).size() == 2);
  CHECK(f.outbox.missed("mail", 10).empty());
  const auto missed = f.outbox.missed("", 10, "b");
  REQUIRE(missed.size() == 1);
  f.write([&] { f.outbox.supersede(missed[0].resolved_number, "missed", at_minute(3)); });
  CHECK(f.outbox.missed("", 10, "b").empty());
  CHECK(f.outbox.missed("", 10).size() == 1);
  CHECK(f.outbox.list({.state = "exhausted"}).items.size() == 1);
}

TEST_CASE("an endpoint that is off takes nothing until it is on again") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  const auto number = f.outbox.due("desk", at_minute(1), 9).at(0).number;
  f.attempt(number, "disabled", at_minute(1));
  f.write([&] { f.outbox.disable("desk", "410 Gone", at_minute(1)); });
  CHECK(*f.outbox.disabled_reason("desk") == "410 Gone");
  CHECK_FALSE(f.outbox.disabled_reason("mail"));
  f.record("b", 1, "firing", {"desk"}, at_minute(2));
  CHECK(f.due("desk", at_minute(3)).empty());
  CHECK(f.outbox.list({.webhook = "desk", .state = "disabled"}).items.size() == 2);
  f.write([&] { f.outbox.enable("desk", at_minute(4)); });
  CHECK(f.due("desk", at_minute(4)) == Ids{"a.1", "b.1"});
}

TEST_CASE("messages of no alert are ordered with nothing; ids are unique per endpoint") {
  Fixture f;
  const auto heartbeat = [&](const std::string& id, const std::string& webhook) {
    f.write([&] { f.outbox.enqueue({id, webhook, "heartbeat", "", "{}", at_minute(0)}, at_minute(0)); });
  };
  heartbeat("h1", "desk");
  heartbeat("h2", "desk");
  heartbeat("h1", "mail");
  CHECK(f.due("desk", at_minute(0)) == Ids{"h1", "h2"});
  CHECK_THROWS_AS(heartbeat("h1", "desk"), StorageError);
  const auto counts = f.outbox.counts();
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].webhook == "desk");
  CHECK(counts[0].pending == 2);
  CHECK(*counts[0].oldest_pending == at_minute(0));
}

TEST_CASE("deliveries are paged newest first") {
  Fixture f;
  for (int i = 0; i < 5; ++i) f.record("a" + std::to_string(i), 1, "firing", {"desk"}, at_minute(i));
  DeliveryQuery query{.webhook = "desk", .limit = 2};
  Ids seen;
  for (;;) {
    const auto page = f.outbox.list(query);
    for (const auto& row : page.items) seen.push_back(row.message.id);
    if (!page.next_cursor) break;
    query.cursor = *page.next_cursor;
  }
  CHECK(seen == Ids{"a4.1", "a3.1", "a2.1", "a1.1", "a0.1"});
}
