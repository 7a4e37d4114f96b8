#include "storage/alert/outbox.hpp"

#include <chrono>
#include <random>

#include "tests/storage/alert/alert_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;
using Fixture = AlertFixture;

TEST_CASE("messages are ordered per alert and endpoint; one alert does not delay another") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  f.record("a", 2, "firing", {"desk", "mail"}, at_minute(1), "alert.updated");
  f.record("b", 1, "firing", {"desk"}, at_minute(2));
  CHECK(f.due("desk", at_minute(5)) == Ids{"a.1", "b.1"});
  CHECK(f.due("mail", at_minute(5)) == Ids{"a.1"});
  CHECK(f.due("", at_minute(5)).size() == 3);
  CHECK(f.due("desk", at_minute(0)) == Ids{"a.1"});  // b.1 was created later

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

TEST_CASE("what waits for a webhook is known per alert: to be sent, or kept while the webhook is off") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  CHECK(f.outbox.is_waiting("a", "desk"));
  CHECK_FALSE(f.outbox.is_waiting("b", "desk"));
  CHECK_FALSE(f.outbox.is_waiting("a", "pager"));
  f.attempt(f.outbox.due("desk", at_minute(5), 1).at(0).number, "delivered", at_minute(5));
  CHECK_FALSE(f.outbox.is_waiting("a", "desk"));
  f.write([&] { f.outbox.disable("mail", "HTTP 410", "", at_minute(5)); });
  CHECK(f.outbox.is_waiting("a", "mail"));
}

TEST_CASE("at the end of an alert what repeats its firing is dropped, where that has arrived") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  f.attempt(f.outbox.due("desk", at_minute(1), 1).at(0).number, "delivered", at_minute(1));
  f.write([&] {
    for (const char* webhook : {"desk", "mail"}) {
      f.outbox.enqueue({"again", webhook, "alert.firing", "a", "", at_minute(60)}, at_minute(60));
    }
  });
  f.record("a", 2, "resolved", {"desk", "mail"}, at_minute(61));
  f.write([&] { f.outbox.drop_repeats("a"); });
  CHECK(f.due("desk", at_minute(61)) == Ids{"a.2"});
  const auto missed = f.outbox.missed("", 10);
  REQUIRE_FALSE(missed.empty());
  for (const auto& one : missed) CHECK(one.resolved.webhook == "mail");
}

TEST_CASE("an exhausted message frees the next one; it can be retried by hand") {
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

TEST_CASE("one success flushes the messages for that endpoint only") {
  Fixture f;
  for (const std::string id : {"a", "b", "c"}) f.record(id, 1, "firing", {"desk", "mail"}, at_minute(0));
  for (const auto& row : f.outbox.due("", at_minute(1), 100)) {
    f.attempt(row.number, "retry", at_minute(1), at_minute(60));
  }
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

TEST_CASE("an endpoint that is off receives nothing until it is on again") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  const auto number = f.outbox.due("desk", at_minute(1), 9).at(0).number;
  f.attempt(number, "disabled", at_minute(1));
  f.write([&] { f.outbox.disable("desk", "410 Gone", "", at_minute(1)); });
  CHECK(*f.outbox.disabled_reason("desk") == "410 Gone");
  CHECK_FALSE(f.outbox.disabled_reason("mail"));
  f.record("b", 1, "firing", {"desk"}, at_minute(2));
  CHECK(f.due("desk", at_minute(3)).empty());
  CHECK(f.outbox.list({.webhook = "desk", .state = "disabled"}).items.size() == 2);
  f.write([&] { f.outbox.enable("desk", at_minute(4)); });
  CHECK(f.due("desk", at_minute(4)) == Ids{"a.1", "b.1"});
}

TEST_CASE("a webhook that is off, or gives up, has its fallback told once, of beginnings and ends") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));  // the mail knows of it by itself
  f.record("b", 1, "firing", {"desk"}, at_minute(0));
  f.record("b", 2, "firing", {"desk"}, at_minute(1), "alert.updated");
  f.write([&] { f.outbox.disable("desk", "410 Gone", "mail", at_minute(2)); });
  CHECK(f.due("mail", at_minute(3)) == Ids{"a.1", "b.1"});
  f.record("b", 3, "resolved", {"desk"}, at_minute(4));  // while it is off
  CHECK(f.outbox.list({.webhook = "mail"}).items.size() == 3);
  f.record("g", 1, "firing", {"desk"}, at_minute(4));
  f.write([&] { f.outbox.enable("desk", at_minute(4)); });
  f.record("g", 2, "resolved", {"desk"}, at_minute(5));  // whoever was told of the beginning is told of the end
  CHECK(f.outbox.list({.webhook = "mail", .alert_id = "g"}).items.size() == 2);
  f.write([&] { f.outbox.disable("desk", "410 Gone", "mail", at_minute(5)); });

  f.write([&] { f.outbox.disable("mail", "410 Gone", "desk", at_minute(5)); });  // a circle: nobody is left
  f.record("c", 1, "firing", {"desk"}, at_minute(6));
  CHECK(f.due("mail", at_minute(9)).empty());
  CHECK(f.due("desk", at_minute(9)).empty());
  f.write([&] { f.outbox.set_fallback("desk", "pager"); });
  f.record("d", 1, "firing", {"mail"}, at_minute(6));  // mail -> desk -> pager
  CHECK(f.due("pager", at_minute(9)) == Ids{"d.1"});

  f.record("e", 1, "firing", {"chat"}, at_minute(6));
  const auto given_up = f.outbox.due("chat", at_minute(9), 9).at(0).number;
  f.attempt(given_up, "exhausted", at_minute(9));
  f.write([&] {
    f.outbox.pass_on(given_up, "pager", at_minute(9));
    f.outbox.pass_on(given_up, "pager", at_minute(9));
  });
  CHECK(f.due("pager", at_minute(9)) == Ids{"d.1", "e.1"});
}

TEST_CASE("messages without an alert are not ordered; ids are unique per endpoint") {
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

namespace {

/// By the definition: pending, and no earlier message of its alert to the same webhook is.
Ids first_of_each(Connection& connection) {
  auto read = connection.prepare(
      "SELECT o.message_id FROM outbox o WHERE o.webhook = 'desk' AND o.state = 'pending' AND (o.alert_id = '' OR NOT "
      "EXISTS (SELECT 1 FROM outbox p WHERE p.alert_id = o.alert_id AND p.webhook = o.webhook AND p.number < o.number "
      "AND "
      "p.state = 'pending')) ORDER BY o.next_attempt_at, o.number");
  Ids ids;
  while (read.step()) ids.push_back(read.text(0));
  return ids;
}

}  // namespace

TEST_CASE("whatever happens to messages, of each alert the first that is pending is due, and no other") {
  Fixture f;
  std::mt19937 random(1);
  const auto below = [&](std::int64_t n) { return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random); };
  const std::vector<std::string> alerts = {"", "a", "b", "c"}, webhooks = {"desk", "mail"};
  const std::vector<std::string> types = {"alert.firing", "alert.updated", "alert.resolved"};
  const std::vector<std::string> outcomes = {"delivered", "retry", "retry", "exhausted", "disabled"};
  std::int64_t last = 0;
  for (int step = 0; step < 600; ++step) {
    const TimePoint now = at_minute(step);
    const std::string webhook = webhooks[static_cast<std::size_t>(below(2))];
    f.write([&] {
      switch (last == 0 ? 0 : below(9)) {
        case 0:
        case 1:
        case 2:
          last = f.outbox.enqueue({"m" + std::to_string(step), webhook, types[static_cast<std::size_t>(below(3))],
                                   alerts[static_cast<std::size_t>(below(4))], R"({"data":{"sequence":1}})", now},
                                  now);
          break;
        case 3:
        case 4:
          f.outbox.record_attempt(below(last) + 1, {now, 0, "", outcomes[static_cast<std::size_t>(below(5))],
                                                    at_minute(step + below(9)), 1});
          break;
        case 5:
          f.outbox.retry(below(last) + 1, now);
          break;
        case 6:
          f.outbox.supersede(below(last) + 1, "{}", now);
          break;
        case 7:
          below(3) == 0 ? f.outbox.disable(webhook, "HTTP 410", below(2) == 0 ? "mail" : "", now)
                        : f.outbox.enable(webhook, now);
          break;
        default:
          f.outbox.drop_repeats(alerts[static_cast<std::size_t>(below(4))]);
      }
    });
    CAPTURE(step);
    REQUIRE(f.due("desk", at_minute(10'000)) == first_of_each(f.connection));
  }
}

TEST_CASE(
    "twelve thousand messages that wait, two of three behind a first one, are not gone through to find what is due") {
  Fixture f;
  f.write([&] {
    for (const char* type : {"alert.firing", "alert.updated", "alert.resolved"}) {
      for (int i = 0; i < 4'000; ++i) {
        const std::string alert = "alert-" + std::to_string(i);
        f.outbox.enqueue({alert + type, "desk", type, alert, "{}", at_minute(0)}, at_minute(0));
      }
    }
    // The first of each was tried, in vain.
    f.connection.execute("UPDATE outbox SET next_attempt_at = next_attempt_at + 60000 WHERE type = 'alert.firing'");
  });
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i) {
    CHECK(f.outbox.due("desk", at_minute(0), 16).empty());
    CHECK(f.outbox.next_due("desk") == at_minute(1));
    CHECK(f.outbox.due("desk", at_minute(1), 16).size() == 16);
  }
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(4));  // each of 600 took 15 ms and more
}
