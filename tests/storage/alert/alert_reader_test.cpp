#include "storage/alert/alert_reader.hpp"

#include "storage/alert/events.hpp"
#include "tests/storage/alert/alert_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;
using Fixture = AlertFixture;

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

TEST_CASE("an alert that goes on in another series, or of another measure, shows that") {
  Fixture f;
  f.record("a", 1, "firing", {}, at_minute(1));
  const AlertReader reader(f.connection);
  AlertRow row = reader.get("a").value().alert.row;
  row.key_json = R"({"entity":"halden"})";
  row.measure = "mean_sentiment";
  row.sequence = 2;
  row.type = "alert.updated";
  f.write([&] { AlertWriter(f.connection, {}).record(row, {}, at_minute(2)); });
  const auto shown = reader.get("a").value().alert.row;
  CHECK(shown.key_json == row.key_json);
  CHECK(shown.measure == row.measure);
  CHECK(reader.list({}).items.size() == 1);
}

TEST_CASE("alerts are listed by start, filtered, paged") {
  Fixture f;
  for (int i = 0; i < 7; ++i) f.record("a" + std::to_string(i), 1, "firing", {}, at_minute(i));
  f.record("a3", 2, "resolved", {}, at_minute(20));
  const AlertReader reader(f.connection);
  CHECK(reader.list({.states = {"resolved"}}).items.size() == 1);
  CHECK(reader.list({.states = {"firing", "resolved"}, .rules = {"burst"}}).items.size() == 7);
  CHECK(reader.list({.rules = {"other"}}).items.empty());
  CHECK(reader.list({.severities = {"critical"}, .topics = {"earnings"}}).items.size() == 7);
  CHECK(reader.list({.severities = {"info"}}).items.empty());
  CHECK(reader.list({.topics = {"macro"}}).items.empty());
  CHECK(reader.list({.entities = {"earnings"}}).items.empty());
  CHECK(reader.list({.sources = {"earnings"}}).items.empty());
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
