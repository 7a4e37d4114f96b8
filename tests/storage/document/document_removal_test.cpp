#include "storage/document/document_removal.hpp"

#include <random>
#include <set>

#include "storage/alert/alert_writer.hpp"
#include "storage/alert/events.hpp"
#include "storage/document/document_reader.hpp"
#include "storage/document/sequence_export.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/maintain/retention.hpp"
#include "storage/sentiment/rollup_layout.hpp"
#include "storage/source/dead_letters.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

namespace storage_test {
namespace {

struct Store : DocumentStore {
  DocumentRemoval removals{connection, {}};
  DocumentReader reader{connection};

  Removed remove(const RemovalRow& row) {
    Transaction transaction(connection);
    const Removed removed = removals.apply(row, at_minute(100));
    transaction.commit();
    return removed;
  }
  std::vector<std::string> problems() { return check_database(connection).problems; }
  std::vector<std::string> found(const DocumentQuery& query) {
    std::vector<std::string> ids;
    for (const auto& document : reader.list(query).items) ids.push_back(document.row.id);
    return ids;
  }
};

/// Every sum that is not zero, with names in place of keys.
std::vector<std::string> sums_of(Connection& connection) {
  std::vector<std::string> lines;
  for (const auto& table : kRollupTables) {
    std::string columns, some;
    for (const auto& column : sum_columns()) {
      columns += " || '|' || r." + column;
      some += (some.empty() ? "r." : " OR r.") + column + " <> 0";
    }
    const std::string entity = table.by_entity() ? "(SELECT id FROM entity WHERE key = r.entity)" : "''";
    auto read = connection.prepare(
        "SELECT " + entity + " || '|' || r.minute || '|' || t.id || '|' || s.id || '|' || m.id" + columns + " FROM " +
        std::string(table.name) +
        " r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source JOIN model m ON m.key = "
        "r.model WHERE " +
        some + " ORDER BY 1");
    while (read.step()) lines.push_back(std::string(table.name) + " " + read.text(0));
  }
  return lines;
}

/// Documents of few stories, topics, sources and companies, scored by two versions.
std::vector<DocumentRow> some_documents(std::mt19937& random, std::size_t count) {
  const auto any = [&](std::size_t of) { return static_cast<std::size_t>(random() % of); };
  const std::vector<std::string> topics = {"earnings", "rates"}, sources = {"wire", "desk", "agency"},
                                 labels = {"negative", "neutral", "unscored"}, companies = {"halden", "ostrava"};
  std::vector<DocumentRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    Score score;
    score.topic = topics[any(2)];
    score.label = labels[any(3)];
    if (score.label == "neutral") score.neutral = 0.6f, score.negative = 0.3f;
    auto row = document(sources[any(3)], "d" + std::to_string(i), at_minute(static_cast<std::int64_t>(i)),
                        "story " + std::to_string(any(4)), score);
    if (any(3) == 0) row.model_version = "test-2";
    for (const auto& company : companies) {
      if (any(2) == 0) row.entities.push_back(entity(company, labels[any(2)], -0.25));
    }
    rows.push_back(row);
  }
  return rows;
}

TEST_CASE("removing documents leaves the roll-ups of those that are left, whoever gave the votes") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto rows = some_documents(random, 24);
    std::set<std::size_t> gone;
    while (gone.size() < 12) gone.insert(random() % rows.size());
    Store all, left;
    for (const auto& row : rows) all.add(row);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!gone.contains(i)) left.add(rows[i]);
    }
    for (const std::size_t i : gone) {
      CHECK(all.remove({rows[i].source, rows[i].id, {}}).outcome == Outcome::removed);
      CHECK(all.problems() == std::vector<std::string>{});
    }
    CHECK(sums_of(all.connection) == sums_of(left.connection));
    // What comes later votes as if the removed ones had never been there.
    const auto later = document("wire", "later", at_minute(50), "story 1");
    all.add(later);
    left.add(later);
    CHECK(sums_of(all.connection) == sums_of(left.connection));
    CHECK(all.problems() == std::vector<std::string>{});
  }
}

TEST_CASE("a story's vote passes to its earliest remaining document, in that one's bucket and with its label") {
  Store store;
  const Score neutral{"earnings", "neutral", 0.2f, 0.5f, 0.3f};
  store.add(document("wire", "a", at_minute(0), "one story"));
  store.add(document("desk", "b", at_minute(20), "one story", neutral));
  store.add(document("desk", "c", at_minute(30), "one story"));
  store.remove({"wire", "a", {}});
  const auto votes = [&](std::int64_t minute) {
    const auto key = std::to_string(at_minute(minute).time_since_epoch().count() / kMinuteMs);
    return number(store.connection,
                  "SELECT sum(stories_all * 10 + negative_stories_all) FROM rollup_topic WHERE minute = " + key);
  };
  CHECK(votes(0) == 0);
  CHECK(votes(20) == 10);  // one story, not negative
  CHECK(votes(30) == 0);
  CHECK(store.problems() == std::vector<std::string>{});
}

TEST_CASE("a revised document is taken out of where it counts now, its vote out of where it was given") {
  Store store;
  auto row = document("wire", "a", at_minute(0), "a first text");
  row.entities = {entity("halden")};
  store.add(row);
  row = document("wire", "a", at_minute(1), "another text", {"rates", "neutral", 0.2f, 0.5f, 0.3f});
  row.entities = {entity("ostrava")};
  row.model_version = "test-2";
  CHECK(store.add(row).outcome == Outcome::revised);
  store.remove({"wire", "a", {}});
  CHECK(sums_of(store.connection) == std::vector<std::string>{});
  CHECK(store.problems() == std::vector<std::string>{});
}

TEST_CASE("a removed document is out of lists and searches, and its removal is a change") {
  Store store;
  store.add(document("wire", "a", at_minute(0), "Halden Bank cuts its dividend"));
  const auto first = store.add(document("wire", "b", at_minute(1), "Halden Bank sells a branch"));
  const auto removed = store.remove({"wire", "a", {}});
  CHECK(removed.seq == first.seq + 1);
  CHECK(store.found({}) == std::vector<std::string>{"b"});
  CHECK(store.found({.q = "dividend"}).empty());
  CHECK(store.found({.sources = {"wire"}, .source_ids = {"a"}}).empty());
  CHECK_FALSE(store.reader.find("wire", "a").has_value());
  const auto changes = store.reader.list({.after_seq = first.seq});
  REQUIRE(changes.items.size() == 1);
  CHECK(changes.items[0].row.id == "a");
  CHECK(changes.items[0].seq == removed.seq);
  CHECK(changes.items[0].removed_seq == removed.seq);
  CHECK(changes.items[0].removed_at == at_minute(100));
  CHECK(changes.items[0].row.title.empty());
  CHECK(changes.items[0].at == at_minute(0));     // times stay
  CHECK(changes.items[0].sentiment.has_value());  // and scores
  CHECK(store.found({.after_seq = 0}) == std::vector<std::string>{"b", "a"});
  CHECK(number(store.connection, "SELECT count(*) FROM document_view") == 1);
}

TEST_CASE("text, title and URL are erased wherever they are kept") {
  Store store;
  const std::string title = "Halden Bank's auditor finds a hole of 3 billion";
  auto row = document("wire", "a-17", at_minute(0), "An earlier secret of Halden Bank");
  row.body = "A secret body";
  row.story_key = "hash";
  row.url = "https://secret.example/1";
  store.add(row);
  row.title = title;
  store.add(row);
  store.add(document("wire", "b", at_minute(1), "A text that stays"));
  {
    Transaction transaction(store.connection);
    AlertRow alert{.id = "alert-1", .rule = "r", .severity = "error", .state = "firing", .measure = "story"};
    alert.evidence_json = R"j({"summary":"Halden: \"Halden Bank's auditor finds a hole of 3 billion\", sentiment -0.90",
      "top_stories":[{"title":"Halden Bank's auditor finds a hole of 3 billion","url":"https://secret.example/1","sentiment":-0.900,"source":"wire","documents":1},
                     {"title":"A text that stays","url":null,"sentiment":-0.1,"source":"wire","documents":1}]})j";
    alert.sequence = 1;
    alert.type = "alert.firing";
    const OutboxMessage message{
        "m", "desk", "alert.firing", "alert-1", R"({"data":)" + alert.evidence_json + "}", at_minute(2)};
    AlertWriter(store.connection, {}).record(alert, std::span(&message, 1), at_minute(2));
    DeadLetters letters(store.connection, {});
    const auto record = [&](std::string payload, std::string header) {
      letters.record({"wire", "/title", "bad", std::move(payload), "p", {}, {{"note", header}}, {}}, at_minute(2));
    };
    record(R"({"id":"a-17","title":"A secret draft"})", "a secret");
    record("bytes with " + title, "");
    record("not readable", title);
    record("of another", "of another");
    transaction.commit();
  }
  const auto occurs = [&] {
    const std::string all = dump(store.connection);
    std::string found;
    for (const char* text : {"secret", "hole of 3 billion"}) {
      for (std::size_t at = 0; (at = all.find(text, at)) != std::string::npos; ++at) {
        found += all.substr(all.rfind("\n", at) + 1, 60) + "\n";
      }
    }
    return found;
  };
  CHECK(occurs().size() > 500);
  store.remove({"wire", "a-17", {}});
  CHECK(occurs() == "");
  CHECK(dump(store.connection).find("736563726574") == std::string::npos);  // nor as the hex digits of a blob
  CHECK(number(store.connection, "SELECT count(*) FROM dead_letter WHERE length(payload) = 0") == 3);
  CHECK(number(store.connection, "SELECT count(*) FROM dead_letter_header") == 1);
  CHECK(number(store.connection,
               "SELECT count(*) FROM alert WHERE evidence LIKE '%A text that stays%' AND evidence LIKE "
               "'%sentiment -0.90\"%' AND evidence ->> '$.top_stories[0].sentiment' = -0.9") == 1);
  CHECK(store.problems() == std::vector<std::string>{});
}

TEST_CASE("the same removal again changes nothing") {
  Store store;
  store.add(document("wire", "a", at_minute(0), "text"));
  const auto first = store.remove({"wire", "a", {}});
  const std::string before = dump(store.connection);
  const auto again = store.remove({"wire", "a", {}});
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.seq == first.seq);
  CHECK(dump(store.connection) == before);
}

TEST_CASE("a removal that comes first keeps revisions up to its own away") {
  Store store;
  CHECK(store.remove({"wire", "a", 3}).outcome == Outcome::removed);
  auto row = document("wire", "a", at_minute(0), "text");
  row.source_revision = 3;
  CHECK(store.add(row).outcome == Outcome::blocked);
  row.explicit_insert = true;
  CHECK(store.add(row).outcome == Outcome::blocked);  // its number is no higher
  row.source_revision = 4;
  row.explicit_insert = false;
  CHECK(store.add(row).outcome == Outcome::inserted);
  CHECK(store.remove({"wire", "a", 3}).outcome == Outcome::repeated);  // it came before that one
  CHECK(store.problems() == std::vector<std::string>{});
}

TEST_CASE("an explicit insert brings a document back as a new one, anything else does not") {
  Store store;
  auto row = document("wire", "a", at_minute(0), "text");
  const auto first = store.add(row);
  store.remove({"wire", "a", {}});
  row.title = "another text";
  CHECK(store.add(row).outcome == Outcome::blocked);
  row.explicit_insert = true;
  const auto back = store.add(row);
  CHECK(back.outcome == Outcome::inserted);
  CHECK(back.row_id > first.row_id);
  CHECK(store.found({}) == std::vector<std::string>{"a"});
  CHECK(store.problems() == std::vector<std::string>{});
  CHECK(store.remove({"wire", "a", {}}).row_id == back.row_id);
  CHECK(sums_of(store.connection) == std::vector<std::string>{});
}

TEST_CASE("of a document whose row was swept only the removal is written") {
  Store store;
  StorageOptions options;
  options.retention.documents = hours(1);
  store.add(document("wire", "a", at_minute(0), "text"));
  store.add(document("wire", "b", at_minute(1), "text"));
  store.remove({"wire", "b", {}});
  {
    Transaction transaction(store.connection);
    Retention(store.connection, options).sweep(at_minute(300), 100);
    transaction.commit();
  }
  const auto sums = sums_of(store.connection);
  const auto removed = store.remove({"wire", "a", {}});
  CHECK(removed.outcome == Outcome::removed);
  CHECK(removed.counted);
  CHECK(sums_of(store.connection) == sums);
  CHECK(store.remove({"wire", "a", {}}).outcome == Outcome::repeated);
  CHECK(store.add(document("wire", "a", at_minute(0), "text")).outcome == Outcome::repeated);
  CHECK(store.add(document("wire", "b", at_minute(1), "text")).outcome == Outcome::blocked);
  CHECK(EventReader(store.connection).after(0, 100).back().json.find(R"("counted":true)") != std::string::npos);
}

TEST_CASE("a removal is a change also where the document's row is gone, before it or since") {
  Store store;
  StorageOptions options;
  options.retention.documents = hours(1);
  store.add(document("wire", "before", at_minute(0), "text"));
  store.add(document("desk", "since", at_minute(1), "text"));
  store.remove({"desk", "since", {}});
  {
    Transaction transaction(store.connection);
    Retention(store.connection, options).sweep(at_minute(300), 100);
    transaction.commit();
  }
  store.remove({"wire", "before", 4});
  store.remove({"wire", "never told", {}});
  store.add(document("wire", "new", at_minute(301), "other"));
  const auto changes = store.reader.list({.after_seq = 0}).items;
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].row.id == "since");
  CHECK(changes[0].public_id == "2");
  CHECK(changes[0].removed_seq == 3);
  CHECK(changes[0].removed_at == at_minute(100));
  CHECK(changes[0].at == at_minute(1));
  CHECK_FALSE(changes[0].counted);
  CHECK(changes[1].row.id == "before");
  CHECK(changes[1].seq == 4);
  CHECK(changes[1].counted);
  CHECK(changes[1].row.source_revision == 4);
  CHECK(changes[2].row.id == "new");

  const auto found = [&](DocumentQuery query) {
    query.after_seq = query.after_seq.value_or(0);
    return store.found(query);
  };
  using Ids = std::vector<std::string>;
  CHECK(found({.sources = {"desk"}}) == Ids{"since"});
  CHECK(found({.source_ids = {"before", "new"}}) == Ids{"before", "new"});
  CHECK(found({.to = at_minute(1)}) == Ids{"before"});
  CHECK(found({.topics = {"earnings"}}) == Ids{"since", "before", "new"});
  CHECK(found({.q = "text"}).empty());
  CHECK(found({.metadata = {{"form", "8-K"}}}).empty());
  CHECK(found({.after_seq = 3}) == Ids{"before", "new"});
  DocumentQuery page{.after_seq = 0, .limit = 1};
  Ids paged;
  for (std::optional<std::string> next = ""; next;) {
    page.cursor = *next;
    const auto part = store.reader.list(page);
    for (const auto& item : part.items) paged.push_back(item.row.id);
    next = part.next_cursor;
  }
  CHECK(paged == Ids{"since", "before", "new"});
}

TEST_CASE("the event of a removal says which document, and the export of the sequence obeys") {
  Store store;
  store.add(document("wire", "a", at_minute(0), "text"));
  store.remove({"wire", "a", 7});
  const auto event = EventReader(store.connection).after(0, 100).back();
  CHECK(event.type == "document");
  CHECK(event.json == R"({"id":"1","seq":2,"change":"removal","source":"wire","source_id":"a",)"
                      R"("removed_at":"2026-03-02T10:40:00.000Z","counted":false})");
  std::vector<std::string> lines;
  export_sequence(store.connection, [&](const std::string& line) { lines.push_back(line); });
  CHECK(lines == std::vector<std::string>{
                     R"({"seq":2,"removed":{"source":"wire","id":"a","revision":7,"at":"2026-03-02T10:40:00.000Z"}})"});
}

}  // namespace
}  // namespace storage_test
