// Step 23: risk events.
#include "storage/document/document_reader.hpp"
#include "storage/document/sequence_reader.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/schema/migrations.hpp"
#include "storage/schema/schema.hpp"
#include "storage/sentiment/rollup_layout.hpp"
#include "tests/storage/rescored/rescored_support.hpp"
#include "tests/storage/schema/schema_support.hpp"

using namespace storage_test;

namespace {

/// An empty database of schema 22. The functions of migrations have nothing to work on there.
void make_version_22(const std::string& path) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  const auto same = [](sqlite3_context* context, int, sqlite3_value** values) {
    sqlite3_result_value(context, values[0]);
  };
  for (const char* name : {"search_words", "counted"}) {
    sqlite3_create_function_v2(database, name, 1, SQLITE_UTF8, nullptr, same, nullptr, nullptr, nullptr);
  }
  for (std::size_t i = 0; i < 22; ++i) {
    CHECK(sqlite3_exec(database, std::string(migrations()[i]).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  sqlite3_close(database);
  run_sql(path, "PRAGMA application_id = " + std::to_string(kApplicationId) + "; PRAGMA user_version = 22;");
}

/// The same rows as schema 22 kept them.
void copy_to_version_22(const std::string& from, const std::string& path) {
  make_version_22(path);
  auto present = Connection::open_reader(from);
  std::string sql = "PRAGMA foreign_keys = OFF; ATTACH '" + from + "' AS present;";
  auto tables = tables_of(present);
  for (const auto& rollup : kRollupTables) tables.emplace_back(rollup.name);
  for (const auto& table : tables) {
    std::string columns, values;
    for (const auto& column : columns_in(path, table)) {
      const std::string between = columns.empty() ? "" : ", ";
      columns += between + "\"" + column + "\"";
      std::string value = "\"" + column + "\"";
      if (table == "story" && column == "key") value = "coalesce(title_hash, '')";  // what was hashed is not kept
      if (table == "story" && column == "signature") {
        value = "(SELECT g.signature FROM present.story_signature g WHERE g.story = id)";
      }
      values += between + value;
    }
    if (table.starts_with("document_text") || columns.empty()) continue;
    sql += "DELETE FROM main." + table + "; INSERT INTO main." + table + " (" + columns + ") SELECT " + values +
           " FROM present." + table + ";";
  }
  run_sql(path, sql +
                    "INSERT INTO main.document_text (rowid, title, body) SELECT id, title, body FROM "
                    "present.document WHERE removed IS NULL;");
}

}  // namespace

TEST_CASE("documents of schema 22 tell no risk event until they are revised or scored again") {
  const TempFolder folder;
  {
    auto connection = Connection::open_writer(folder.file("present.db"));
    DocumentWriter writer(connection, {});
    RandomNews random(3);
    for (int i = 0; i < 60; ++i) {
      auto row = scored_by("model-1", random.next());
      row.risk.reset();
      for (auto& entity : row.entities) entity.risk.reset();
      store(connection, writer, row);
    }
    REQUIRE(number(connection, "SELECT count(*) FROM document_entity WHERE label IS NOT NULL") > 20);
  }
  copy_to_version_22(folder.file("present.db"), folder.file("old.db"));
  CHECK(schema_of(folder.file("old.db")).find("gravity") == std::string::npos);
  const auto message = error_of([&] { Connection::open_reader(folder.file("old.db")); }).second;
  CHECK(message.find("schema 22") != std::string::npos);

  auto connection = Connection::open_writer(folder.file("old.db"));
  CHECK(schema_of(folder.file("old.db")) == schema_of(folder.file("present.db")));
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
  {
    auto present = Connection::open_writer(folder.file("present.db"));
    // Schema 22 did not keep the companies of replaced revisions.
    // Nor which documents came as history.
    present.execute(
        "DELETE FROM document_entity_revision; UPDATE document_revision SET mentions = NULL; INSERT INTO mark (name, "
        "value) SELECT 'backfill_unknown', seq FROM clock");
    for (auto* one : {&connection, &present}) one->execute("UPDATE story SET title_hash = NULL");
    CHECK(dump(connection) == dump(present));
  }
  const DocumentReader reader(connection);
  CHECK(reader.list({.min_gravity = Gravity::minor}).items.empty());
  CHECK(number(connection, "SELECT count(*) FROM document_view WHERE event IS NULL AND gravity IS NULL") ==
        number(connection, "SELECT count(*) FROM document"));

  auto row = reader.list({.limit = 1}).items.at(0).row;
  row.title += ", files for insolvency";
  row.source_revision.reset();
  row.risk = Risk{"insolvency", Gravity::grave};
  DocumentWriter writer(connection, {});
  const auto revised = store(connection, writer, row);
  CHECK(revised.outcome == Outcome::revised);
  CHECK(reader.list({.events = {"insolvency"}}).items.size() == 1);
  CHECK_FALSE(SequenceReader(connection).document(revised.row_id)->risk);

  CHECK(rescore(connection, {.model = "model-2", .mentions = true}) > 30);
  std::size_t told = 0;
  for (const auto& voted : SequenceReader(connection, {"model-2", ""}).after(0, 1'000)) told += voted.risk ? 1 : 0;
  CHECK(told > 3);
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
}
