#include "storage/schema/schema.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include "storage/alert/notices.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/document/document_reader.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/schema/migrations.hpp"
#include "storage/sentiment/rollup_layout.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "storage/source/source_positions.hpp"
#include "tests/storage/schema/schema_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the migrations are the files, in order") {
  const auto steps = migrations();
  REQUIRE(steps.size() >= 3);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto number = std::to_string(i + 1);
    const auto name = std::string(4 - number.size(), '0') + number + ".sql";
    CHECK(steps[i] == bytes_of(std::string(TAPEWATCH_SOURCE_DIR) + "/storage/schema/migrations/" + name));
  }
}

// version_3.schema was read from a database that tapewatch made when it computed its migrations.
TEST_CASE("the first three migrations give the schema that they gave before they were frozen, byte for byte") {
  const TempFolder folder;
  for (std::size_t i = 0; i < 3; ++i) run_sql(folder.file(), std::string(migrations()[i]));
  CHECK(schema_of(folder.file()) == fixture("version_3.schema"));
}

/// The rows of version_3.sql in the tables of schema 1.
void write_version_1(const TempFolder& folder) {
  const std::string of_3 = folder.file("of_3.db");
  run_sql(of_3, fixture("version_3.sql"));
  run_sql(folder.file(), std::string(migrations()[0]) + "PRAGMA application_id = 1413566533; PRAGMA user_version = 1;");
  std::string copy = "ATTACH '" + of_3 + "' AS later;";
  for (const char* table :
       {"clock", "mark", "tick", "topic", "source", "entity", "model", "story", "document", "document_entity",
        "document_revision", "remembered", "rollup_topic", "rollup_entity", "event", "detector_state"}) {
    std::string columns;
    for (const auto& column : columns_in(folder.file(), table)) columns += (columns.empty() ? "" : ", ") + column;
    REQUIRE_FALSE(columns.empty());
    copy += fmt::format("DELETE FROM main.{0}; INSERT INTO main.{0} ({1}) SELECT {1} FROM later.{0};", table, columns);
  }
  run_sql(folder.file(), copy + "INSERT INTO document_text (document_text) VALUES ('rebuild')");
}

TEST_CASE("a database of the first schema opens, is sound, and has what it had") {
  const TempFolder folder;
  write_version_1(folder);
  auto connection = Connection::open_writer(folder.file());
  CHECK(number(connection, "PRAGMA user_version") == static_cast<std::int64_t>(migrations().size()));
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
  CHECK(number(connection, "SELECT count(*) FROM document") == 6);
  CHECK(DocumentReader(connection).list({.q = "zurich cafe"}).items.size() == 1);
}

// version_3.sql was written by `sqlite3 .dump` from a daemon's database: reprints, a revision, companies, full-width
// text.
TEST_CASE("a database of schema 3 opens, is sound, and can be used") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_3.sql"));
  CHECK(schema_of(folder.file()) == fixture("version_3.schema"));
  const auto message = error_of([&] { Connection::open_reader(folder.file()); }).second;
  CHECK(message.find("start the daemon") != std::string::npos);

  auto connection = Connection::open_writer(folder.file());
  CHECK(number(connection, "PRAGMA user_version") == static_cast<std::int64_t>(migrations().size()));
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
  CHECK(number(connection, "SELECT count(*) FROM document") == 6);
  const DocumentReader documents(connection);
  CHECK(documents.get("1")->row.title == "Acme profit falls 12% short of forecasts, Bolt gains");
  CHECK(documents.revisions("1").size() == 1);
  CHECK(documents.list({.q = "zurich cafe"}).items.size() == 1);
  CHECK(documents.list({.q = "人民银行"}).items.size() == 1);
  CHECK(documents.list({.q = "NTT"}).items.size() == 1);
  CHECK(documents.list({.q = "gains"}).items.size() == 1);
  CHECK(documents.list({.q = "-acme"}).items.size() == 3);
  SentimentQuery query;
  query.edges = {at_minute(0), at_minute(60), at_minute(3000)};
  const auto before = SentimentReader(connection).read(query).series.at(0);
  REQUIRE(before.points.size() == 2);
  CHECK(before.points[0].documents == 3);
  CHECK(before.points[0].stories == 2);

  // Its stories are as they were: found by their keys, without the signatures that came with schema 6.
  CHECK(number(connection, "SELECT count(*) FROM story_signature") == 0);
  CHECK(number(connection, "SELECT count(*) FROM document WHERE turned = 0") == 6);
  CHECK(number(connection, "SELECT count(*) FROM document WHERE story = 1") >= 2);
  DocumentWriter writer(connection, {});
  CHECK(store(connection, writer, document("wire", "3", at_minute(20), "Bolt cuts its dividend")).outcome ==
        Outcome::revised);
  CHECK(store(connection, writer, document("wire", "new", at_minute(30), "New")).seq == 9);
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
}

TEST_CASE(
    "positions from before incarnations were counted keep their place and their ids, but for topics of two clusters") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_3.sql"));
  run_sql(folder.file(),
          "INSERT INTO kafka_position VALUES ('wire', 'c1', 'news', 0, 40), ('wire', 'c1', 'both', 0, 3), "
          "('wire', 'c2', 'both', 0, 5), ('other', 'c2', 'news', 0, 7)");
  auto connection = Connection::open_writer(folder.file());
  const auto positions = SourcePositions(connection).load("wire");
  REQUIRE(positions.size() == 3);
  CHECK(positions[0].topic == "both");
  CHECK(positions[0].incarnation == 1);
  CHECK(positions[1].topic == "news");
  CHECK(positions[1].incarnation == 0);
  CHECK(positions[1].next_offset == 40);
  CHECK(positions[1].delivered.empty());
  CHECK(positions[2].next_offset == 5);
  CHECK(SourcePositions(connection).load("other").at(0).incarnation == 0);
}

TEST_CASE("who was told of an alert that fires at an upgrade is known from its messages") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_3.sql"));
  run_sql(folder.file(), R"(
INSERT INTO alert (id, rule, severity, state, key, measure, evidence, labels, started_at, updated_at, sequence, late, type,
  reason, runbook_url, model_version, config_version, opened_seq, seq, stored_at)
SELECT value, 'burst', 'critical', CASE value WHEN 'over' THEN 'resolved' ELSE 'firing' END, '{}', 'negative_stories', '{}',
  '{}', 100, 100, 1, 0, 'alert.firing', '', '', '', '', 1, 1, 5 FROM json_each('["told", "over", "untold"]');
INSERT INTO outbox (message_id, webhook, type, alert_id, body, state, created_at, next_attempt_at)
SELECT value || '-' || o.alert, value, o.type, o.alert, '{}', 'delivered', o.at, 0 FROM json_each('["desk", "mail"]'),
  (SELECT 'told' AS alert, 'alert.firing' AS type, 300 AS at UNION SELECT 'over', 'alert.firing', 200) o;
INSERT INTO outbox (message_id, webhook, type, alert_id, body, state, created_at, next_attempt_at)
VALUES ('later', 'pager', 'alert.updated', 'told', '{}', 'delivered', 400, 0);)");
  auto connection = Connection::open_writer(folder.file());
  const auto open = Notices(connection).open();
  REQUIRE(open.size() == 1);
  CHECK(open[0].alert_id == "told");
  CHECK(open[0].told == std::set<std::string>{"desk", "mail"});
  CHECK(open[0].announced_at == from_ms(300));
  CHECK(open[0].told_at == from_ms(300));
  CHECK(open[0].announced_time == from_ms(100));
}

TEST_CASE("what waited before an upgrade waits behind the messages that it waited for") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_3.sql"));
  run_sql(folder.file(), R"(
INSERT INTO outbox (message_id, webhook, type, alert_id, body, state, created_at, next_attempt_at) VALUES
  ('a1', 'desk', 'alert.firing', 'a', '{}', 'pending', 100, 100), ('a2', 'desk', 'alert.updated', 'a', '{}', 'pending', 200, 200),
  ('b1', 'desk', 'alert.firing', 'b', '{}', 'delivered', 100, 100), ('b2', 'desk', 'alert.updated', 'b', '{}', 'pending', 200, 200),
  ('t1', 'desk', 'test', '', '{}', 'pending', 100, 100), ('t2', 'desk', 'test', '', '{}', 'pending', 200, 200);)");
  auto connection = Connection::open_writer(folder.file());
  Outbox outbox(connection);
  const auto due = [&] {
    std::string ids;
    for (const auto& row : outbox.due("desk", from_ms(1'000), 10)) ids += row.message.id + " ";
    return ids;
  };
  CHECK(due() == "a1 t1 b2 t2 ");
  Transaction transaction(connection);
  outbox.record_attempt(outbox.due("desk", from_ms(1'000), 1).at(0).number,
                        {from_ms(300), 200, "", "delivered", {}, 1});
  transaction.commit();
  CHECK(due() == "t1 a2 b2 t2 ");
}

TEST_CASE("the roll-up tables are as they are described") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  for (const auto& table : kRollupTables) {
    std::vector<std::string> expected(table.keys.begin(), table.keys.end());
    expected.insert(expected.end(), table.stored_columns().begin(), table.stored_columns().end());
    std::vector<std::string> names, keys(table.keys.size());
    auto read = connection.prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?) ORDER BY cid");
    read.bind(1, table.stored);
    while (read.step()) {
      names.push_back(read.text(0));
      CHECK(read.text(1) == "INTEGER");
      CHECK(read.flag(2));
      if (read.integer(3) > 0) keys.at(static_cast<std::size_t>(read.integer(3) - 1)) = read.text(0);
    }
    CHECK(names == expected);
    CHECK(keys == std::vector<std::string>(table.keys.begin(), table.keys.end()));
  }
}

TEST_CASE("a migrated database has the schema of a new one") {
  for (const std::string old : {"version_3", "version_19"}) {
    const TempFolder folder;
    run_sql(folder.file("old.db"), fixture(old + ".sql"));
    { Connection::open_writer(folder.file("old.db")); }
    { Connection::open_writer(folder.file("new.db")); }
    CHECK(schema_of(folder.file("old.db")) == schema_of(folder.file("new.db")));
  }
}

TEST_CASE("a migration reports its progress; if it fails or is killed, the previous version stays") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_3.sql"));
  SECTION("it fails") {
    const auto [kind, message] = error_of([&] {
      Connection::open_writer(folder.file(), {}, [](const MigrationStep&) { throw std::runtime_error("no more"); });
    });
    CHECK(message.find("no more") != std::string::npos);
  }
  SECTION("it is killed") {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      Connection::open_writer(folder.file(), {}, [](const MigrationStep&) { ::_exit(7); });
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 7);
  }
  CHECK(schema_of(folder.file()) == fixture("version_3.schema"));
  std::vector<std::string> done;
  auto connection = Connection::open_writer(folder.file(), {}, [&](const MigrationStep& step) {
    done.push_back(std::to_string(step.version) + ": " + std::to_string(step.done) + " of " +
                   std::to_string(step.total) + " " + std::string(step.unit));
  });
  CHECK(done == std::vector<std::string>{"4: 1 of 6 documents", "4: 6 of 6 documents", "20: 1 of 11 roll-ups",
                                         "20: 11 of 11 roll-ups", "27: 1 of 11 roll-ups", "27: 11 of 11 roll-ups",
                                         "28: 1 of 6 roll-ups", "28: 6 of 6 roll-ups"});
  CHECK(check_database(connection).problems.empty());
}

TEST_CASE("a newer schema is refused and the file stays as it was") {
  const TempFolder folder;
  const auto path = folder.file();
  { Connection::open_writer(path).execute("PRAGMA user_version = 999"); }
  const auto before = bytes_of(path);
  for (const bool reader : {false, true}) {
    const auto [kind, message] =
        error_of([&] { reader ? Connection::open_reader(path) : Connection::open_writer(path); });
    CHECK(kind == StorageError::Kind::newer_schema);
    CHECK(message.find("schema 999") != std::string::npos);
  }
  CHECK(bytes_of(path) == before);
}

TEST_CASE("a newer schema whose last changes are still in the WAL is left alone, WAL and all") {
  const TempFolder folder;
  const auto path = folder.file(), copy = folder.file("killed.db");
  auto writer = Connection::open_writer(path);
  writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  writer.execute("PRAGMA user_version = 999");
  std::filesystem::copy(path, copy);  // as after a kill: the change is in the WAL only
  std::filesystem::copy(path + "-wal", copy + "-wal");
  const auto database = bytes_of(copy), wal = bytes_of(copy + "-wal");
  const auto [kind, message] = error_of([&] { Connection::open_writer(copy); });
  CHECK(kind == StorageError::Kind::newer_schema);
  CHECK(bytes_of(copy) == database);
  CHECK(bytes_of(copy + "-wal") == wal);
}
