#include "storage/maintain/database_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storage/connection/transaction.hpp"
#include "storage/schema/schema.hpp"

namespace tapewatch::storage {

namespace {

constexpr std::size_t max_problems = 50;

std::int64_t number(Connection& connection, const std::string& sql) {
  auto read = connection.prepare(sql);
  return read.step() ? read.integer(0) : 0;
}

class Checker {
 public:
  Checker(Connection& connection, CheckReport& report) : connection_(connection), report_(report) {}

  void problem(std::string text) {
    if (report_.problems.size() < max_problems) report_.problems.push_back(std::move(text));
  }

  void check_pages() {
    auto read = connection_.prepare("PRAGMA integrity_check(50)");
    while (read.step()) {
      if (read.view(0) != "ok") problem("integrity: " + read.text(0));
    }
  }

  void check_references() {
    auto read = connection_.prepare("PRAGMA foreign_key_check");
    while (read.step())
      problem(fmt::format("{} row {} refers to a missing {}", read.text(0), read.integer(1), read.text(2)));
  }

  void none(const std::string& sql, const std::string& what) {
    const std::int64_t count = number(connection_, "SELECT count(*) FROM (" + sql + ")");
    if (count > 0) problem(fmt::format("{}: {}", what, count));
  }

  void equal(const std::string& left, const std::string& right, const std::string& what) {
    none("SELECT * FROM (" + left + ") EXCEPT SELECT * FROM (" + right + ")", what + ", found and not expected");
    none("SELECT * FROM (" + right + ") EXCEPT SELECT * FROM (" + left + ")", what + ", expected and not found");
  }

 private:
  Connection& connection_;
  CheckReport& report_;
};

/// The roll-up minute of `at`, as the writer chooses it.
std::string minute_of(Connection& connection, const char* at) {
  const std::int64_t folded = number(connection,
                                     "SELECT coalesce((SELECT value FROM mark WHERE name = 'folded_before'), "
                                     "-9223372036854775807)");
  return fmt::format("CASE WHEN {0} / 60000 < {1} THEN {0} / 60000 / 15 * 15 ELSE {0} / 60000 END", at, folded);
}

constexpr const char* class_sums =
    "count(*), sum(label = 0), sum(label = 1), sum(label = 2), sum(label = 3), sum(label = 4), "
    "coalesce(sum(CASE WHEN label < 3 THEN sentiment END), 0), "
    "coalesce(sum(CASE WHEN label < 3 THEN (sentiment * sentiment + 500) / 1000 END), 0)";
constexpr const char* class_columns =
    "sum(documents), sum(positive), sum(neutral), sum(negative), sum(abstained), sum(unscored), sum(sum), "
    "sum(sum_squares)";

void compare_documents(Connection& connection, Checker& check) {
  const std::string minute = minute_of(connection, "at");
  check.equal(
      fmt::format("SELECT minute, topic, source, {} FROM rollup_topic WHERE documents <> 0 GROUP BY 1, 2, 3",
                  class_columns),
      fmt::format("SELECT {} AS m, topic, source, {} FROM document GROUP BY m, topic, source", minute, class_sums),
      "roll-ups by topic and source");
  check.equal(
      fmt::format(
          "SELECT entity, minute, topic, source, {} FROM rollup_entity WHERE documents <> 0 GROUP BY 1, 2, 3, 4",
          class_columns),
      fmt::format("SELECT entity, m, topic, source, {} FROM (SELECT e.entity, {} AS m, d.topic, d.source, e.label, "
                  "e.sentiment FROM document d JOIN document_entity e ON e.document = d.id WHERE e.label IS NOT NULL) "
                  "GROUP BY 1, 2, 3, 4",
                  class_sums, minute_of(connection, "d.at")),
      "roll-ups by entity");
}

struct GrainSql {
  const char* suffix;
  const char* partition;
};
constexpr GrainSql grains[] = {
    {"all", ""}, {"topic", ", topic"}, {"source", ", source"}, {"topic_source", ", topic, source"}};

void compare_votes(Connection& connection, Checker& check) {
  const std::string minute = minute_of(connection, "d.at");
  for (const auto& [suffix, partition] : grains) {
    for (const bool entities : {false, true}) {
      const std::string rows =
          entities ? fmt::format(
                         "SELECT coalesce(e.vote_seq, d.id) AS id, d.story, e.entity, {} AS m, coalesce(e.vote_topic, "
                         "d.vote_topic) AS topic, d.source, e.vote_label AS label, e.vote_sentiment AS s FROM document "
                         "d JOIN document_entity e ON e.document = d.id "
                         "WHERE e.vote_label IS NOT NULL",
                         minute)
                   : fmt::format(
                         "SELECT d.id, d.story, 0 AS entity, {} AS m, d.vote_topic AS topic, d.source, d.vote_label "
                         "AS label, d.vote_sentiment AS s FROM document d",
                         minute);
      check.equal(
          fmt::format("SELECT {0}, minute, topic, source, stories_{1}, negative_stories_{1}, scored_stories_{1}, "
                      "story_sum_{1}, story_sum_squares_{1} FROM {2} WHERE stories_{1} <> 0",
                      entities ? "entity" : "0", suffix, entities ? "rollup_entity" : "rollup_topic"),
          fmt::format(
              "SELECT entity, m, topic, source, count(*), sum(label = 2), sum(label < 3), coalesce(sum(CASE WHEN "
              "label < 3 THEN s END), 0), coalesce(sum(CASE WHEN label < 3 THEN (s * s + 500) / 1000 END), 0) FROM "
              "(SELECT *, row_number() OVER (PARTITION BY story, entity{0} ORDER BY id) AS place FROM ({1})) "
              "WHERE place = 1 GROUP BY entity, m, topic, source",
              partition, rows),
          fmt::format("votes of stories by {}{}", entities ? "entity, " : "", suffix));
    }
  }
}

void compare_counters(Checker& check) {
  check.equal("SELECT key, documents FROM topic WHERE documents <> 0",
              "SELECT topic, count(*) FROM document GROUP BY 1", "counters of topics");
  check.equal("SELECT key, documents FROM source WHERE documents <> 0",
              "SELECT source, count(*) FROM document GROUP BY 1", "counters of sources");
  check.equal("SELECT key, documents FROM entity WHERE documents <> 0",
              "SELECT entity, count(*) FROM document_entity WHERE label IS NOT NULL GROUP BY 1",
              "counters of entities");
  check.equal("SELECT id, documents FROM story", "SELECT story, count(*) FROM document GROUP BY 1",
              "counters of stories");
}

}  // namespace

CheckReport check_database(Connection& reader) {
  CheckReport report;
  Checker check(reader, report);
  check.check_pages();
  if (!report.problems.empty()) return report;  // sums over damaged pages tell nothing more

  const ReadTransaction snapshot(reader);
  if (number(reader, "PRAGMA application_id") != application_id) check.problem("the application id is not tapewatch's");
  check.check_references();
  check.none("SELECT id FROM document EXCEPT SELECT id FROM document_text_docsize",
             "documents without full-text entry");
  check.none("SELECT id FROM document_text_docsize EXCEPT SELECT id FROM document",
             "full-text entries without document");
  check.none(
      "SELECT 1 FROM clock WHERE seq < (SELECT max(seq) FROM (SELECT max(seq) AS seq FROM document UNION ALL "
      "SELECT max(seq) FROM tick UNION ALL SELECT max(seq) FROM alert_transition))",
      "rows with a sequence number from the future");
  check.none(
      "SELECT a.number FROM alert a WHERE a.sequence <> (SELECT max(sequence) FROM alert_transition t WHERE t.alert = "
      "a.number)",
      "alerts that differ from their last transition");
  report.documents = number(reader, "SELECT count(*) FROM document");
  report.rollup_rows =
      number(reader, "SELECT (SELECT count(*) FROM rollup_topic) + (SELECT count(*) FROM rollup_entity)");
  report.rollups_compared = number(reader, "SELECT count(*) FROM mark WHERE name = 'swept_before'") == 0;
  if (report.rollups_compared) {
    compare_documents(reader, check);
    compare_votes(reader, check);
    compare_counters(check);
  }
  return report;
}

}  // namespace tapewatch::storage
