#include "storage/alert/acknowledgements.hpp"

#include "storage/alert/alert_event.hpp"
#include "storage/alert/alert_reader.hpp"
#include "tests/storage/alert/alert_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;
using Fixture = AlertFixture;

namespace {

Acknowledgement said(const std::string& by, std::optional<std::string> verdict, std::int64_t minute) {
  Acknowledgement one;
  one.at = at_minute(minute);
  one.by = by;
  one.comment = "seen by " + by;
  one.verdict = std::move(verdict);
  one.token = "duty";
  return one;
}

bool add(Fixture& f, const std::string& alert, const Acknowledgement& one) {
  std::optional<Acknowledgement> added;
  f.write([&] { added = Acknowledgements(f.connection).add(alert, one); });
  return added.has_value();
}

}  // namespace

TEST_CASE("an alert's acknowledgements are a history whose last one counts, and its last verdict") {
  Fixture f;
  f.record("a", 1, "firing", {}, at_minute(0));
  f.record("b", 1, "firing", {}, at_minute(0));
  const Acknowledgements acknowledgements(f.connection);
  CHECK_FALSE(acknowledgements.latest("a"));
  CHECK(add(f, "a", said("Ana", "noise", 1)));
  CHECK(add(f, "a", said("Bob", "useful", 2)));
  CHECK(acknowledgements.latest("a")->by == "Bob");
  CHECK(*acknowledgements.latest("a")->verdict == "useful");
  CHECK(add(f, "a", said("Cyd", std::nullopt, 3)));
  CHECK(acknowledgements.latest("a")->by == "Cyd");
  CHECK(acknowledgements.latest("a")->comment == "seen by Cyd");
  CHECK(*acknowledgements.latest("a")->verdict == "useful");
  const auto all = acknowledgements.of("a");
  REQUIRE(all.size() == 3);
  CHECK(all[0].at == at_minute(1));
  CHECK(all[0].token == "duty");
  CHECK(*all[0].verdict == "noise");
  CHECK_FALSE(all[2].verdict);
  CHECK(acknowledgements.of("b").empty());
}

TEST_CASE("the same acknowledgement again adds nothing; another word does") {
  Fixture f;
  f.record("a", 1, "firing", {}, at_minute(0));
  CHECK(add(f, "a", said("Ana", "noise", 1)));
  CHECK_FALSE(add(f, "a", said("Ana", "noise", 2)));
  CHECK(add(f, "a", said("Ana", "useful", 3)));
  CHECK(add(f, "a", said("Ana", "noise", 4)));  // another mind
  CHECK(Acknowledgements(f.connection).of("a").size() == 3);
}

TEST_CASE("who was told that an alert fires is known, whatever became of the message") {
  Fixture f;
  f.record("a", 1, "firing", {"desk", "mail"}, at_minute(0));
  f.record("a", 2, "firing", {"desk", "pager"}, at_minute(1), "alert.updated");
  f.attempt(f.outbox.due("desk", at_minute(5), 1).at(0).number, "exhausted", at_minute(5));
  CHECK(Acknowledgements(f.connection).told_of("a") == std::set<std::string>{"desk", "mail"});
  CHECK(Acknowledgements(f.connection).told_of("b").empty());
}

TEST_CASE("an unknown alert cannot be acknowledged") {
  Fixture f;
  CHECK_THROWS_AS(add(f, "nobody", said("Ana", "noise", 1)), StorageError);
}

TEST_CASE("acknowledgements and their alerts are read together, also after a restart") {
  const TempFolder folder;
  {
    auto connection = open_new(folder.file());
    Transaction transaction(connection);
    AlertRow row;
    row.id = "a";
    row.rule = "burst";
    row.severity = "critical";
    row.state = "resolved";
    row.measure = "negative_stories";
    row.sequence = 1;
    AlertWriter(connection, {}).record(row, {}, at_minute(0));
    Acknowledgements(connection).add("a", said("Ana", "noise", 1));
    transaction.commit();
  }
  auto connection = Connection::open_reader(folder.file());
  const AlertReader reader(connection);
  CHECK(reader.list({}).items.at(0).acknowledgement->by == "Ana");
  const auto detail = reader.get("a");
  CHECK(*detail->alert.acknowledgement->verdict == "noise");
  CHECK(detail->acknowledgements.size() == 1);
}

TEST_CASE("the event of an acknowledgement is the alert as it is, with who says what") {
  AlertRow row;
  row.id = "a";
  row.state = "firing";
  row.type = "alert.updated";
  row.sequence = 3;
  row.rule = "burst";
  const auto event = acknowledged_event(row, 17, said("Ana", "noise", 1));
  CHECK(event.starts_with(R"({"id":"a","sequence":3,"seq":17,"type":"alert.acknowledged","state":"firing")"));
  CHECK(event.ends_with(R"("acknowledgement":{"at":"2026-03-02T09:01:00.000Z","by":"Ana","comment":"seen by Ana",)"
                        R"("verdict":"noise"}})"));
  CHECK(acknowledged_event(row, 17, said("Ana", std::nullopt, 1)).ends_with(R"("verdict":null}})"));
}
