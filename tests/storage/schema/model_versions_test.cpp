// Step 20: roll-ups tell the versions of the model apart.
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "storage/document/document_removal.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/maintain/retention.hpp"
#include "storage/sentiment/rollup_layout.hpp"
#include "tests/storage/schema/schema_support.hpp"

using namespace storage_test;
using namespace std::string_literals;

namespace {

std::string joined(const std::vector<std::string>& columns, const std::string& form) {
  std::string list;
  for (const auto& column : columns) {
    std::string item = form;
    for (std::size_t at = 0; (at = item.find('$', at)) != std::string::npos;) item.replace(at, 1, column);
    list += (list.empty() ? "" : ", ") + item;
  }
  return list;
}

/// Every row of the roll-ups that counts something; `by_model` false: the versions of the model added up.
std::vector<std::string> rollups_of(Connection& connection, bool by_model = true) {
  std::vector<std::string> rows;
  const std::vector<std::string> sums(sum_columns().begin(), sum_columns().end());
  for (const auto& table : kRollupTables) {
    std::vector<std::string> keys(table.keys.begin(), table.keys.end());
    if (!by_model) keys.pop_back();
    auto read = connection.prepare("SELECT '" + std::string(table.name) + "', " + joined(keys, "$") + ", " +
                                   joined(sums, "sum($)") + " FROM " + std::string(table.name) + " GROUP BY " +
                                   joined(keys, "$") + " HAVING max(" + joined(sums, "abs(sum($))") + ") > 0");
    while (read.step()) {
      std::string row;
      for (int i = 0; i < static_cast<int>(1 + keys.size() + sums.size()); ++i) row += read.text(i) + " ";
      rows.push_back(row);
    }
  }
  return rows;
}

/// The documents and roll-ups of a database in one of schema 19, whose roll-ups did not know versions.
void write_version_19(const std::string& from, const std::string& path) {
  run_sql(path, fixture("version_19.sql"));
  std::string sql = "PRAGMA foreign_keys = OFF; ATTACH '" + from + "' AS present;";
  for (const std::string table : {"document_entity", "document_revision", "document", "story", "topic", "source",
                                  "entity", "model", "mark", "clock", "rollup_topic", "rollup_entity"}) {
    sql += "DELETE FROM main." + table + ";";
    const auto columns = columns_in(path, table);
    const bool rollup = table.starts_with("rollup_");
    const std::vector<std::string> sums(sum_columns().begin(), sum_columns().end());
    std::vector<std::string> keys;
    for (const auto& column : columns) {
      if (std::find(sums.begin(), sums.end(), column) == sums.end()) keys.push_back(column);
    }
    auto values = columns;
    if (table == "story") {
      std::replace(values.begin(), values.end(), "key"s, "coalesce(title_hash, '')"s);
      std::replace(values.begin(), values.end(), "signature"s,
                   "(SELECT g.signature FROM present.story_signature g WHERE g.story = id)"s);
    }
    sql += "INSERT INTO main." + table + " (" + joined(columns, "$") + ") SELECT " +
           (rollup ? joined(keys, "$") + ", " + joined(sums, "sum($)") : joined(values, "$")) + " FROM present." +
           table + (rollup ? " GROUP BY " + joined(keys, "$") : "") + ";";
  }
  run_sql(path, sql);
}

/// Documents of few stories, topics, companies over some hours, scored by three versions, revised and taken back.
void fill_at_random(Connection& connection, unsigned seed) {
  std::mt19937 random(seed);
  const auto any = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  DocumentWriter writer(connection, {});
  for (int i = 0; i < 150; ++i) {
    static constexpr const char* kLabels[] = {"negative", "positive", "unscored"};
    auto row = document("source" + std::to_string(any(2)), std::to_string(any(70)), at_minute(i * 3 + any(40)),
                        "title " + std::to_string(any(30)), {"topic" + std::to_string(any(2)), kLabels[any(3)]});
    row.model_version = "version-" + std::to_string(std::min(2, std::max(0, i + any(60) - 30) / 50));
    for (int e = 0; e < 2; ++e) {
      if (any(2) == 0) row.entities.push_back(entity("company" + std::to_string(e), kLabels[any(3)], any(9) / -10.0));
    }
    store(connection, writer, row);
    if (any(8) != 0) continue;
    Transaction transaction(connection);
    DocumentRemoval(connection, {}).apply({row.source, row.id, {}}, row.received_at);
    transaction.commit();
  }
}

}  // namespace

// version_19.sql was written by `sqlite3 .dump`: two versions of the model, whose documents' times overlap for hours; a
// revision by the second one, with another company; one document taken back.
TEST_CASE("roll-ups from before they told versions apart are told apart by the documents") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_19.sql"));
  auto connection = Connection::open_writer(folder.file());
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
  const auto of = [&](const std::string& table, int minute, const std::string& model) {
    return number(connection, "SELECT sum(documents * 10 + stories_all) FROM " + table +
                                  " r JOIN model m ON m.key = r.model WHERE m.id = '" + model +
                                  "' AND minute = " + std::to_string(to_ms(at_minute(minute)) / 60'000));
  };
  CHECK(of("rollup_topic", 0, "first-1") == 11);
  CHECK(of("rollup_topic", 7, "first-1") == 1);    // the vote
  CHECK(of("rollup_topic", 7, "second-2") == 10);  // the document, as it was revised
  CHECK(of("rollup_entity", 7, "first-1") == 1);
  CHECK(of("rollup_entity", 7, "second-2") == 21);  // the revision's own company votes too
  CHECK(of("rollup_topic", 200, "first-1") == 21);
  CHECK(of("rollup_topic", 200, "second-2") == 11);
  CHECK(of("rollup_topic", 1000, "second-2") == 11);
  CHECK(number(connection, "SELECT count(*) FROM rollup_topic WHERE model = 0") == 0);
}

TEST_CASE("what counts where retention has deleted documents of several versions is marked") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_19.sql"));
  // What a sweep of the documents before minute 203 leaves.
  const auto before = std::to_string(to_ms(at_minute(203)));
  run_sql(folder.file(),
          "PRAGMA foreign_keys = OFF; UPDATE story SET pruned = 1 WHERE id IN (SELECT story FROM document "
          "WHERE at < " +
              before +
              "); DELETE FROM document_entity WHERE document IN (SELECT id FROM "
              "document WHERE at < " +
              before + "); DELETE FROM document WHERE at < " + before + "; INSERT INTO mark VALUES ('swept_before', " +
              before + ");");
  std::int64_t rows = 0, counted = 0;
  {
    auto reader = Connection::open_writer(folder.file());
    rows = number(reader, "SELECT sum(documents) FROM rollup_topic");
    counted = number(reader, "SELECT sum(stories_all) FROM rollup_entity");
    const auto several = [&](int from, int to) {
      return number(reader, "SELECT sum(documents) FROM rollup_topic WHERE model = 0 AND minute BETWEEN " +
                                std::to_string(to_ms(at_minute(from)) / 60'000) + " AND " +
                                std::to_string(to_ms(at_minute(to)) / 60'000));
    };
    CHECK(several(0, 204) == 6);     // both versions have scored documents of these hours
    CHECK(several(205, 205) == 0);   // one that is left
    CHECK(several(210, 5000) == 0);  // the second version alone
    CHECK(number(reader,
                 "SELECT count(*) FROM sentiment_day WHERE t LIKE '2026-03-02%' AND topic = 'earnings' AND "
                 "model_version IS NULL") == 2);
  }
  CHECK(rows == 9);
  CHECK(counted == 6);
}

TEST_CASE("telling versions apart at an upgrade gives what the writer would have given, folded or not") {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    const TempFolder folder;
    std::vector<std::string> rollups, added_up, votes;
    const std::string voted =
        "SELECT d.id || ' ' || coalesce(d.vote_model, d.model) || ' ' || coalesce(e.entity, '') || ' ' || "
        "coalesce(e.vote_model, d.vote_model, d.model) FROM document d LEFT JOIN document_entity e ON e.document = "
        "d.id ORDER BY 1";
    const auto lines = [](Connection& connection, const std::string& sql) {
      std::vector<std::string> found;
      auto read = connection.prepare(sql);
      while (read.step()) found.push_back(read.text(0));
      return found;
    };
    {
      auto connection = Connection::open_writer(folder.file("new.db"));
      fill_at_random(connection, seed);
      StorageOptions options;
      options.retention.minutes = hours(24);
      if (seed % 2 == 0) {
        Transaction transaction(connection);
        Retention(connection, options).sweep(at_minute(200) + options.retention.minutes, 10'000);
        transaction.commit();
      }
      for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
      rollups = rollups_of(connection);
      added_up = rollups_of(connection, false);
      votes = lines(connection, voted);
    }
    write_version_19(folder.file("new.db"), folder.file("old.db"));
    auto connection = Connection::open_writer(folder.file("old.db"));
    CHECK(number(connection, "SELECT count(DISTINCT model) FROM rollup_topic") == 3);
    CHECK(rollups_of(connection) == rollups);
    CHECK(rollups_of(connection, false) == added_up);
    CHECK(lines(connection, voted) == votes);
  }
}

TEST_CASE("a process that is killed while roll-ups are told apart leaves the previous version") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_19.sql"));
  const std::string before = schema_of(folder.file());
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Connection::open_writer(folder.file(), {}, [](const MigrationStep& step) {
      if (step.done == step.total) ::_exit(7);
    });
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(schema_of(folder.file()) == before);
  auto connection = Connection::open_writer(folder.file());
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
}
