#include "storage/alert/notices.hpp"

#include "storage/alert/alert_reader.hpp"
#include "tests/storage/alert/alert_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

NoticeRow notice(const std::string& id) {
  NoticeRow row;
  row.alert_id = id;
  row.rule = "burst";
  return row;
}

}  // namespace

TEST_CASE("notices: those of alerts that fire are read as they were saved, with what their alert says") {
  AlertFixture f;
  f.record("a", 1, "firing", {}, at_minute(0));
  f.record("b", 1, "firing", {}, at_minute(0));
  NoticeRow row = notice("a");
  row.update_held = true;
  row.told = {"desk", "a \"name\""};
  row.announced_at = at_minute(1);
  row.announced_time = at_minute(2);
  row.told_at = at_minute(3);
  row.repeats = 4;
  row.raised_to = "critical";
  Notices notices(f.connection);
  f.write([&] {
    notices.save(row);
    notices.save(notice("b"));
  });
  auto open = notices.open();
  REQUIRE(open.size() == 2);
  CHECK(open[0].alert_id == "a");
  CHECK(open[0].update_held);
  CHECK(open[0].told == row.told);
  CHECK(open[0].announced_at == row.announced_at);
  CHECK(open[0].announced_time == row.announced_time);
  CHECK(open[0].told_at == row.told_at);
  CHECK(open[0].repeats == 4);
  CHECK(open[0].raised_to == "critical");
  CHECK(open[0].severity == "critical");
  CHECK(open[0].key_json == R"({"topic":"earnings"})");
  CHECK_FALSE(open[1].announced_at);
  row.open = false;
  f.write([&] { notices.save(row); });
  open = notices.open();
  REQUIRE(open.size() == 1);
  CHECK(open[0].alert_id == "b");
}

TEST_CASE("notices: the announced ones of a period are counted, its end included") {
  AlertFixture f;
  Notices notices(f.connection);
  f.write([&] {
    for (int minute : {0, 10, 20}) {
      NoticeRow row = notice("a" + std::to_string(minute));
      row.announced_time = at_minute(minute);
      notices.save(row);
    }
    notices.save(notice("never"));
    NoticeRow other = notice("other");
    other.rule = "another";
    other.announced_time = at_minute(10);
    notices.save(other);
  });
  CHECK(notices.announced("burst", at_minute(0), at_minute(20)) == 2);
  CHECK(notices.announced("burst", at_minute(-1), at_minute(19)) == 2);
  CHECK(notices.announced("nobody", at_minute(-1), at_minute(30)) == 0);
}

TEST_CASE("notices: an alert is acknowledged by any row about it") {
  AlertFixture f;
  f.record("a", 1, "firing", {}, at_minute(0));
  f.record("b", 1, "firing", {}, at_minute(0));
  f.write([&] {
    f.connection.execute(
        "INSERT INTO acknowledgement (alert, at, author, comment, token) SELECT number, 0, 'ann', '', '' FROM alert "
        "WHERE id = 'b'");
  });
  CHECK_FALSE(Notices(f.connection).is_acknowledged("a"));
  CHECK(Notices(f.connection).is_acknowledged("b"));
  CHECK_FALSE(Notices(f.connection).is_acknowledged("c"));
}

TEST_CASE("notices: a rule has one digest that is not sent, with its alerts as they are by then") {
  AlertFixture f;
  f.record("a", 1, "firing", {}, at_minute(0));
  f.record("b", 1, "firing", {}, at_minute(0));
  Notices notices(f.connection);
  std::int64_t number = 0;
  f.write([&] {
    number = notices.digest_of("burst", at_minute(0), at_minute(60));
    CHECK(notices.digest_of("burst", at_minute(5), at_minute(65)) == number);
    CHECK(notices.digest_of("another", at_minute(5), at_minute(65)) != number);
    for (const char* id : {"a", "b"}) {
      NoticeRow row = notice(id);
      row.digest = number;
      notices.save(row);
      row.digest.reset();
      notices.save(row);
    }
  });
  f.record("a", 2, "resolved", {}, at_minute(9));
  const auto digests = notices.digests();
  REQUIRE(digests.size() == 2);
  CHECK(digests[0].rule == "burst");
  CHECK(digests[0].since == at_minute(0));
  CHECK(digests[0].until == at_minute(60));
  const auto alerts = notices.digested(number);
  REQUIRE(alerts.size() == 2);
  CHECK(alerts[0].id == "a");
  CHECK(alerts[0].ended_at == at_minute(9));
  CHECK_FALSE(alerts[1].ended_at);
  f.write([&] { notices.digest_sent(number, at_minute(60)); });
  CHECK(notices.digests().size() == 1);
  f.write([&] { CHECK(notices.digest_of("burst", at_minute(90), at_minute(150)) != number); });
}

TEST_CASE("notices: who suppresses an alert and how grave it is may change between two steps, with an event") {
  AlertFixture f;
  f.record("a", 1, "firing", {}, at_minute(0));
  AlertRow row = AlertReader(f.connection).get("a")->alert.row;
  row.suppressed_by = "mute";
  row.severity = "info";
  row.type = "";
  f.write([&] { AlertWriter(f.connection, {}).record_turn(row, at_minute(1)); });
  const auto detail = AlertReader(f.connection).get("a");
  CHECK(detail->alert.row.suppressed_by == "mute");
  CHECK(detail->alert.row.severity == "info");
  REQUIRE(detail->transitions.size() == 1);
  CHECK(detail->transitions[0].row.suppressed_by.empty());
  CHECK(number(f.connection,
               "SELECT count(*) FROM event WHERE type = 'alert' AND json ->> '$.suppressed_by' = 'mute' "
               "AND json ->> '$.sequence' = 1") == 1);
  row.id = "nobody";
  CHECK_THROWS_AS(f.write([&] { AlertWriter(f.connection, {}).record_turn(row, at_minute(1)); }),
                  std::invalid_argument);
}
