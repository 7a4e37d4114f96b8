#include "storage/maintain/database_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "storage/connection/transaction.hpp"
#include "storage/mark.hpp"
#include "storage/rescored/rescored_view.hpp"
#include "storage/schema/schema.hpp"
#include "storage/sentiment/rollup_layout.hpp"

namespace tapewatch::storage {

namespace {

constexpr std::size_t kMaxProblems = 50;

std::int64_t number(Connection& connection, const std::string& sql) {
  auto read = connection.prepare(sql);
  return read.step() ? read.integer(0) : 0;
}

class Checker {
 public:
  Checker(Connection& connection, CheckReport& report) : connection_(connection), report_(report) {}

  void problem(std::string text) {
    if (report_.problems.size() < kMaxProblems) report_.problems.push_back(std::move(text));
  }

  void check_pages() {
    auto read = connection_.prepare("PRAGMA integrity_check(50)");
    while (read.step()) {
      if (read.view(0) != "ok") problem("damaged: " + read.text(0));
    }
  }

  void check_references() {
    auto read = connection_.prepare("PRAGMA foreign_key_check");
    while (read.step()) {
      problem(fmt::format("{} row {} refers to a missing {}", read.text(0), read.integer(1), read.text(2)));
    }
  }

  void none(const std::string& sql, const std::string& what) {
    const std::int64_t count = number(connection_, "SELECT count(*) FROM (" + sql + ")");
    if (count > 0) problem(fmt::format("{}: {}", what, count));
  }

  void equal(const std::string& left, const std::string& right, const std::string& what) {
    none("SELECT * FROM (" + left + ") EXCEPT SELECT * FROM (" + right + ")",
         what + ": rows that the documents do not give");
    none("SELECT * FROM (" + right + ") EXCEPT SELECT * FROM (" + left + ")", what + ": rows that are missing");
  }

 private:
  Connection& connection_;
  CheckReport& report_;
};

/// The roll-up minute of a time in SQL, as the writer chooses it (DocumentTables::rollup_minute).
std::string minute_of(Connection& connection, std::string_view at) {
  std::string minute = fmt::format("{} / {}", at, kMinuteMs);
  const auto folded = read_mark(connection, kFoldedBefore);
  if (!folded) return minute;
  return fmt::format("CASE WHEN {0} < {1} THEN {0} / {2} * {2} ELSE {0} END", minute, *folded, kQuarterMinutes);
}

template <class Sums, std::size_t n>
std::string aggregates(const SumColumn<Sums> (&columns)[n]) {
  std::string list;
  for (const auto& column : columns) list += fmt::format("{}{}", list.empty() ? "" : ", ", aggregate(column));
  return list;
}

/// What is compared: the roll-ups as they are, or what a version of the model shows of the documents that it has scored
/// again, and where their scores are.
struct Comparison {
  std::string name, sums, documents = "document", mentions = "document_entity", only = "";
};

Comparison present(const RollupTable& table) { return {std::string(table.name), std::string(table.name)}; }

Comparison under(const RollupTable& table, const RollupTable& rescored, std::int64_t model) {
  std::string sums;
  for (const auto& column : sum_columns()) sums += fmt::format(", sum({0}) AS {0}", column);
  return {std::string(rescored.name),
          fmt::format("(SELECT {0}{1} FROM (SELECT * FROM {2} WHERE model = {4} UNION ALL SELECT * FROM {3} WHERE "
                      "model = {4}) GROUP BY {0})",
                      table.key_list(), sums, table.name, rescored.name, model),
          documents_under(model), mentions_under(model), fmt::format(" WHERE model = {}", model)};
}

void compare_documents(Connection& connection, Checker& check, const RollupTable& table, const Comparison& compared) {
  std::string columns;
  for (const auto& column : kDocumentColumns) columns += fmt::format(", {}", column.name);
  const std::string keys = table.key_list();
  const std::string rows =
      table.by_entity()
          ? fmt::format(
                "SELECT e.entity, {} AS minute, d.topic, d.source, d.model, e.label, e.sentiment FROM {} d "
                "JOIN {} e ON e.document = d.id WHERE e.label IS NOT NULL AND d.removed IS NULL",
                minute_of(connection, "d.at"), compared.documents, compared.mentions)
          : fmt::format("SELECT {} AS minute, topic, source, model, label, sentiment FROM {} WHERE removed IS NULL",
                        minute_of(connection, "at"), compared.documents);
  check.equal(fmt::format("SELECT {}{} FROM {} WHERE documents <> 0", keys, columns, compared.sums),
              fmt::format("SELECT {0}, {1} FROM (SELECT * FROM ({2}){3}) GROUP BY {0}", keys,
                          aggregates(kDocumentColumns), rows, compared.only),
              fmt::format("{}, sums over documents", compared.name));
}

/// Every vote ever given, with its time (`place`).
std::string votes_of(Connection& connection, const RollupTable& table, const Comparison& compared) {
  const std::string minute = minute_of(connection, "d.at");
  if (!table.by_entity()) {
    return fmt::format(
        "SELECT d.id AS place, d.story, {} AS minute, d.vote_topic AS topic, d.source, coalesce(d.vote_model, d.model) "
        "AS model, d.vote_label AS label, d.vote_sentiment AS sentiment FROM {} d WHERE d.removed IS NULL",
        minute, compared.documents);
  }
  return fmt::format(
      "SELECT coalesce(e.vote_seq, d.id) AS place, d.story, e.entity, {} AS minute, coalesce(e.vote_topic, "
      "d.vote_topic) AS topic, d.source, coalesce(e.vote_model, d.vote_model, d.model) AS model, e.vote_label AS "
      "label, e.vote_sentiment AS sentiment FROM {} d "
      "JOIN {} e ON e.document = d.id WHERE e.vote_label IS NOT NULL AND d.removed IS NULL",
      minute, compared.documents, compared.mentions);
}

void compare_votes(Connection& connection, Checker& check, const RollupTable& table, std::size_t grain,
                   const Comparison& compared) {
  std::string columns;
  for (const auto& column : kVoteColumns) columns += fmt::format(", {}", vote_column(column, grain));
  // The first vote of a story in a series is the one that counts.
  const std::string series =
      fmt::format("story{}{}{}", table.by_entity() ? ", entity" : "", kGrains[grain].by_topic ? ", topic" : "",
                  kGrains[grain].by_source ? ", source" : "");
  const std::string keys = table.key_list();
  check.equal(
      fmt::format("SELECT {}{} FROM {} WHERE {} <> 0", keys, columns, compared.sums,
                  vote_column(kVoteColumns[0], grain)),
      fmt::format("SELECT {0}, {1} FROM (SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY {2} ORDER BY place) "
                  "AS nth FROM ({3})) WHERE nth = 1) {4} GROUP BY {0}",
                  keys, aggregates(kVoteColumns), series, votes_of(connection, table, compared), compared.only),
      fmt::format("{}, votes of stories by {}", compared.name, kGrains[grain].name));
}

void compare_rollups(Connection& connection, Checker& check, const RollupTable& table, const Comparison& compared) {
  compare_documents(connection, check, table, compared);
  for (std::size_t grain = 0; grain < kGrainCount; ++grain) compare_votes(connection, check, table, grain, compared);
}

void compare_hours(Checker& check) {
  std::string columns, sums;
  for (const std::string& column :
       kRollupHours.stored_columns().first(std::size(kDocumentColumns) + std::size(kVoteColumns))) {
    columns += ", " + column;
    sums += fmt::format(", sum({})", column);
  }
  check.equal(fmt::format("SELECT entity, minute, model{} FROM {}", columns, kRollupHours.stored),
              fmt::format("SELECT entity, minute - (minute % 60 + 60) % 60 AS hour, model{} FROM {} GROUP BY 1, 2, 3",
                          sums, kRollupEntity.stored),
              "companies by the hour");
}

void compare_rescored(Connection& connection, Checker& check) {
  std::vector<std::int64_t> models;
  {
    auto read = connection.prepare("SELECT key FROM model WHERE rescored_first_at IS NOT NULL");
    while (read.step()) models.push_back(read.integer(0));
  }
  for (const std::int64_t model : models) {
    compare_rollups(connection, check, kRollupTopic, under(kRollupTopic, kRescoredTopic, model));
    compare_rollups(connection, check, kRollupEntity, under(kRollupEntity, kRescoredEntity, model));
  }
}

void compare_counters(Checker& check) {
  check.equal("SELECT key, documents FROM topic WHERE documents <> 0",
              "SELECT topic, count(*) FROM document WHERE removed IS NULL GROUP BY 1", "counters of topics");
  check.equal("SELECT key, documents FROM source WHERE documents <> 0",
              "SELECT source, count(*) FROM document WHERE removed IS NULL GROUP BY 1", "counters of sources");
  check.equal(
      "SELECT key, documents FROM entity WHERE documents <> 0",
      "SELECT entity, count(*) FROM document_entity e JOIN document d ON d.id = e.document WHERE e.label IS NOT "
      "NULL AND d.removed IS NULL GROUP BY 1",
      "counters of entities");
  check.equal("SELECT id, documents FROM story WHERE documents <> 0",
              "SELECT story, count(*) FROM document WHERE removed IS NULL GROUP BY 1", "counters of stories");
}

}  // namespace

CheckReport check_database(Connection& reader) {
  CheckReport report;
  Checker check(reader, report);
  check.check_pages();
  if (!report.problems.empty()) return report;  // sums over damaged pages are meaningless

  const ReadTransaction snapshot(reader);
  if (number(reader, "PRAGMA application_id") != kApplicationId) {
    check.problem("the file does not carry tapewatch's application id");
  }
  check.check_references();
  check.none("SELECT id FROM document WHERE removed IS NULL EXCEPT SELECT id FROM document_text_docsize",
             "documents that the full-text index does not hold");
  check.none("SELECT id FROM document_text_docsize EXCEPT SELECT id FROM document WHERE removed IS NULL",
             "full-text entries of documents that are not there");
  check.none("SELECT id FROM document WHERE removed IS NOT NULL AND title || body || url <> ''",
             "removed documents whose text is still there");
  check.none(
      "SELECT 1 FROM clock WHERE seq < (SELECT max(seq) FROM (SELECT max(seq) AS seq FROM document UNION ALL "
      "SELECT max(seq) FROM tick UNION ALL SELECT max(seq) FROM alert_transition))",
      "the clock is behind the newest row");
  check.none(
      "SELECT a.number FROM alert a WHERE a.sequence <> (SELECT max(sequence) FROM alert_transition t WHERE t.alert = "
      "a.number)",
      "alerts that differ from their last transition");
  report.documents = number(reader, "SELECT count(*) FROM document WHERE removed IS NULL");
  for (const auto& table : kRollupTables) {
    report.rollup_rows += number(reader, fmt::format("SELECT count(*) FROM {}", table.name));
  }
  report.rollups_compared = !read_mark(reader, kSweptBefore);
  if (report.rollups_compared) {
    for (const auto& table : kRollupTables) compare_rollups(reader, check, table, present(table));
    compare_rescored(reader, check);
    compare_hours(check);
    compare_counters(check);
  }
  return report;
}

}  // namespace tapewatch::storage
