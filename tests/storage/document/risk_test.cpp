#include "storage/document/risk.hpp"

#include "storage/document/document_reader.hpp"
#include "storage/document/document_removal.hpp"
#include "storage/document/sequence_reader.hpp"
#include "storage/maintain/database_check.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

const Risk kInsolvency{"insolvency", Gravity::grave}, kDispute{"dispute", Gravity::serious},
    kRecall{"recall", Gravity::minor};

using Titles = std::vector<std::string>;

struct Fixture : DocumentStore {
  DocumentReader reader{connection};

  Inserted tell(const std::string& id, int minute, std::optional<Risk> risk,
                const std::vector<std::pair<std::string, std::optional<Risk>>>& of = {}, const Score& score = {}) {
    auto row = document("wire", id, at_minute(minute), id + " at " + std::to_string(minute), score);
    row.risk = std::move(risk);
    for (const auto& [company, towards] : of) {
      row.entities.push_back(entity(company));
      row.entities.back().end = 4;  // found in the text
      row.entities.back().risk = towards;
    }
    return add(row);
  }
  /// Ids in the order of the list.
  Titles ids(const DocumentQuery& query) {
    Titles list;
    for (const auto& item : reader.list(query).items) list.push_back(item.row.id);
    return list;
  }
  DocumentRow row_of(const Inserted& stored) { return reader.get(std::to_string(stored.row_id)).value().row; }
  SequenceRow vote_of(const Inserted& stored) { return SequenceReader(connection).document(stored.row_id).value(); }
};

std::optional<Risk> risk_of(const std::vector<EntityRow>& entities, const std::string& id) {
  for (const auto& entity : entities) {
    if (entity.id == id) return entity.risk;
  }
  throw std::out_of_range(id);
}

}  // namespace

TEST_CASE("gravities have names, from minor to grave") {
  for (const Gravity gravity : {Gravity::minor, Gravity::serious, Gravity::grave}) {
    CHECK(gravity_named(to_string(gravity)) == gravity);
  }
  CHECK(to_string(Gravity::serious) == "serious");
  CHECK(Gravity::minor < Gravity::serious);
  CHECK(Gravity::serious < Gravity::grave);
  CHECK_FALSE(gravity_named("Grave"));
  CHECK_FALSE(gravity_named(""));
}

TEST_CASE("the risk that a document tells, and that of each company, come back") {
  Fixture f;
  const auto told = f.tell("1", 0, kInsolvency, {{"acme", kDispute}, {"bolt", std::nullopt}});
  const auto none = f.tell("2", 1, std::nullopt, {{"acme", kRecall}});
  CHECK(f.row_of(told).risk == kInsolvency);
  CHECK(risk_of(f.row_of(told).entities, "acme") == kDispute);
  CHECK_FALSE(risk_of(f.row_of(told).entities, "bolt"));
  CHECK_FALSE(f.row_of(none).risk);
  CHECK(risk_of(f.row_of(none).entities, "acme") == kRecall);
  CHECK(number(f.connection, "SELECT count(*) FROM risk_event") == 3);
  CHECK(check_database(f.connection).problems.empty());
}

TEST_CASE("a revision changes what a document tells now, and nothing of what it told when it arrived") {
  Fixture f;
  f.tell("1", 0, kDispute, {{"acme", kDispute}, {"bolt", kRecall}});
  const auto now = f.tell("1", 1, kInsolvency, {{"acme", std::nullopt}, {"cobalt", kInsolvency}});
  REQUIRE(now.outcome == Outcome::revised);
  CHECK(f.row_of(now).risk == kInsolvency);
  CHECK_FALSE(risk_of(f.row_of(now).entities, "acme"));
  CHECK(risk_of(f.row_of(now).entities, "cobalt") == kInsolvency);

  CHECK(f.vote_of(now).risk == kDispute);
  CHECK(risk_of(f.vote_of(now).entities, "acme") == kDispute);
  CHECK(risk_of(f.vote_of(now).entities, "bolt") == kRecall);  // no longer named
  CHECK(risk_of(f.vote_of(now).entities, "cobalt") == kInsolvency);
  CHECK(number(f.connection,
               "SELECT count(*) FROM document_entity WHERE label IS NULL AND event IS NULL AND gravity IS NULL") == 1);

  f.tell("1", 2, std::nullopt, {{"bolt", kDispute}, {"cobalt", kRecall}});
  CHECK_FALSE(f.row_of(now).risk);
  CHECK(risk_of(f.row_of(now).entities, "bolt") == kDispute);
  CHECK(f.vote_of(now).risk == kDispute);
  CHECK(risk_of(f.vote_of(now).entities, "bolt") == kRecall);
  CHECK(risk_of(f.vote_of(now).entities, "cobalt") == kInsolvency);  // of the revision that brought it in

  const auto rows = SequenceReader(f.connection).after(0, 10);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].risk == kDispute);
  CHECK(rows[0].entities.size() == 2);
  CHECK(rows[1].addition);
  CHECK(rows[1].risk == kDispute);
  CHECK(risk_of(rows[1].entities, "cobalt") == kInsolvency);
}

TEST_CASE("a company of another repeat of the document keeps its risk") {
  Fixture f;
  auto row = document("wire", "1", at_minute(0), "A");
  row.entities = {entity("acme")};
  row.entities[0].risk = kInsolvency;
  f.add(row);
  row.entities = {entity("bolt")};
  const auto united = f.add(row);
  REQUIRE(united.outcome == Outcome::revised);
  CHECK(risk_of(f.row_of(united).entities, "acme") == kInsolvency);
  CHECK_FALSE(risk_of(f.row_of(united).entities, "bolt"));
}

TEST_CASE("a document that is taken back keeps its risk, and its removal is told to who asks for it") {
  Fixture f;
  const auto told = f.tell("1", 0, kInsolvency, {{"acme", kDispute}});
  f.tell("2", 1, kRecall);
  Transaction transaction(f.connection);
  const auto removed = DocumentRemoval(f.connection, {}).apply({"wire", "1", {}}, at_minute(2));
  transaction.commit();
  CHECK(removed.document.value().risk == kInsolvency);
  CHECK(risk_of(removed.document->entities, "acme") == kDispute);
  CHECK(f.row_of(told).risk == kInsolvency);
  CHECK(f.ids({.events = {"insolvency"}}).empty());
  CHECK(f.ids({.events = {"insolvency"}, .after_seq = 0}) == Titles{"1"});
  CHECK(f.ids({.entities = {"acme"}, .min_gravity = Gravity::serious, .after_seq = 0}) == Titles{"1"});
  CHECK(f.ids({.events = {"recall"}, .after_seq = 0}) == Titles{"2"});
}

TEST_CASE("the event of a document says which risk it tells, of whom, or null") {
  Fixture f;
  f.tell("1", 0, kInsolvency, {{"acme", kDispute}, {"bolt", std::nullopt}});
  f.tell("2", 1, std::nullopt);
  auto read = f.connection.prepare(
      "SELECT json ->> '$.event' || ' ' || (json ->> '$.gravity') || ' ' || (json ->> '$.entities[0].event') || ' ' || "
      "(json ->> '$.entities[0].gravity'), json_type(json, '$.entities[1].event') || json_type(json, "
      "'$.entities[1].gravity') FROM event UNION ALL SELECT json_type(json, '$.event') || json_type(json, "
      "'$.gravity'), "
      "'' FROM event WHERE id = 2");
  REQUIRE(read.step());
  CHECK(read.text(0) == "insolvency grave dispute serious");
  CHECK(read.text(1) == "nullnull");
  REQUIRE(read.step());
  REQUIRE(read.step());
  CHECK(read.text(0) == "nullnull");
}

TEST_CASE("a risk without an event, or of an unknown gravity, is refused") {
  Fixture f;
  auto row = document("wire", "1", at_minute(0), "A");
  row.entities = {entity("acme")};
  const auto refused = [&](std::optional<Risk>& risk, Risk bad) {
    risk = std::move(bad);
    Transaction transaction(f.connection);
    CHECK_THROWS_AS(f.writer.insert(row, at_minute(0)), std::invalid_argument);
    risk.reset();
  };
  refused(row.risk, {"", Gravity::grave});
  refused(row.risk, {"insolvency", Gravity{4}});
  refused(row.entities[0].risk, {"insolvency", Gravity{0}});
  CHECK(f.add(row).outcome == Outcome::inserted);
}

TEST_CASE("documents are found by the risk event that they tell, and by how grave it is") {
  Fixture f;
  f.tell("a", 0, kInsolvency, {{"acme", std::nullopt}, {"bolt", kInsolvency}});
  f.tell("b", 1, kRecall, {{"acme", kRecall}});
  f.tell("c", 2, std::nullopt, {{"acme", kDispute}, {"bolt", std::nullopt}}, {"mergers", "positive", 0.8f, 0.1f, 0.1f});
  f.tell("d", 3, kDispute, {}, {"mergers", "positive", 0.7f, 0.2f, 0.1f});
  CHECK(f.ids({.events = {"insolvency"}}) == Titles{"a"});
  CHECK(f.ids({.events = {"recall", "dispute"}}) == Titles{"d", "b"});
  CHECK(f.ids({.events = {"unknown"}}).empty());
  CHECK(f.ids({.min_gravity = Gravity::minor}) == Titles{"d", "b", "a"});
  CHECK(f.ids({.min_gravity = Gravity::serious}) == Titles{"d", "a"});
  CHECK(f.ids({.min_gravity = Gravity::grave}) == Titles{"a"});
  CHECK(f.ids({.events = {"recall", "dispute"}, .min_gravity = Gravity::serious}) == Titles{"d"});
  CHECK(f.ids({.topics = {"mergers"}, .min_gravity = Gravity::minor}) == Titles{"d"});
  CHECK(f.ids({.sources = {"herald"}, .min_gravity = Gravity::minor}).empty());
  CHECK(f.ids({.from = at_minute(1), .to = at_minute(3), .min_gravity = Gravity::minor}) == Titles{"b"});
  CHECK(f.ids({.min_gravity = Gravity::minor, .order = DocumentOrder::most_positive}) == Titles{"d", "b", "a"});

  // Where companies are named: what is told of one of them, not what is told of others.
  CHECK(f.ids({.entities = {"acme"}, .events = {"insolvency"}}).empty());
  CHECK(f.ids({.entities = {"acme"}, .min_gravity = Gravity::minor}) == Titles{"c", "b"});
  CHECK(f.ids({.entities = {"acme"}, .min_gravity = Gravity::serious}) == Titles{"c"});
  CHECK(f.ids({.entities = {"acme", "bolt"}, .events = {"insolvency", "recall"}}) == Titles{"b", "a"});

  f.tell("a", 4, kRecall, {{"bolt", std::nullopt}});  // revised
  CHECK(f.ids({.events = {"insolvency"}}).empty());
  CHECK(f.ids({.entities = {"bolt"}, .min_gravity = Gravity::minor}).empty());
}

TEST_CASE("pages of documents with a risk go on with that risk only") {
  Fixture f;
  Titles wanted;
  for (int i = 0; i < 40; ++i) {
    const bool dispute = i % 3 == 0;
    const auto id = std::to_string(i);
    f.tell(id, i / 4, dispute ? std::optional(kDispute) : i % 3 == 1 ? std::optional(kRecall) : std::nullopt);
    if (dispute) wanted.insert(wanted.begin(), id);
  }
  for (DocumentQuery query :
       {DocumentQuery{.events = {"dispute"}, .limit = 5}, DocumentQuery{.min_gravity = Gravity::serious, .limit = 5}}) {
    Titles seen;
    for (int pages = 0; pages < 20; ++pages) {
      const auto page = f.reader.list(query);
      for (const auto& item : page.items) seen.push_back(item.row.id);
      if (!page.next_cursor) break;
      query.cursor = *page.next_cursor;
    }
    CHECK(seen == wanted);
    for (const DocumentQuery& other : {DocumentQuery{.limit = 5}, DocumentQuery{.events = {"recall"}, .limit = 5},
                                       DocumentQuery{.events = {"dispute"}, .min_gravity = Gravity::minor, .limit = 5},
                                       DocumentQuery{.min_gravity = Gravity::minor, .limit = 5}}) {
      auto with_cursor = other;
      with_cursor.cursor = query.cursor;
      CHECK_THROWS_AS(f.reader.list(with_cursor), std::invalid_argument);
    }
  }
}

TEST_CASE("few documents of a risk are found without going through the others") {
  TempFolder folder;
  StorageOptions options;
  options.interrupt_every = 100;
  auto connection = open_new(folder.file(), options);
  DocumentWriter writer(connection, options);
  Transaction transaction(connection);
  for (int i = 0; i < 1'000; ++i) {
    auto row = document("wire", std::to_string(i), at_minute(i), "T" + std::to_string(i));
    row.entities = {entity("acme")};
    if (i == 10) row.risk = row.entities[0].risk = kInsolvency;
    writer.insert(row, row.received_at);
  }
  transaction.commit();
  connection.execute("UPDATE topic SET documents = 1000000; UPDATE entity SET documents = 1000000");
  connection.execute("UPDATE source SET documents = 1000000");
  const DocumentReader reader(connection);
  int steps = 0;
  connection.set_interrupt_check([&] { return ++steps == 0; });
  for (const DocumentQuery& query :
       {DocumentQuery{.min_gravity = Gravity::minor}, DocumentQuery{.events = {"insolvency"}},
        DocumentQuery{.topics = {"earnings"}, .min_gravity = Gravity::grave},
        DocumentQuery{.sources = {"wire"}, .events = {"insolvency"}},
        DocumentQuery{.entities = {"acme"}, .min_gravity = Gravity::grave}}) {
    steps = 0;
    CHECK(reader.list(query).items.size() == 1);
    CHECK(steps < 10);
  }
  steps = 0;
  CHECK(reader.list({.labels = {Label::positive}}).items.empty());
  CHECK(steps > 20);  // what going through them costs
}
