// Tested by tests/storage/document/document_removal_test.cpp
#include "storage/document/text_erasure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "storage/document/metadata_table.hpp"
#include "storage/text/text_index.hpp"

namespace tapewatch::storage {

namespace {

constexpr std::string_view kEllipsis = "\u2026";
constexpr std::size_t kLeastToSearch = 16;  // bytes of a title: a shorter one stands in texts that are others'

/// Whether `shown` is `whole`, perhaps cut.
bool shows(std::string_view shown, std::string_view whole) {
  if (shown == whole) return true;
  return shown.ends_with(kEllipsis) && whole.starts_with(shown.substr(0, shown.size() - kEllipsis.size()));
}

/// A sentence without the title that it quotes.
std::string without_quote(const std::string& text, std::string_view title) {
  constexpr std::size_t kSurely = 100;  // bytes that no summary cuts
  const std::size_t begin = text.find("\"" + std::string(title.substr(0, kSurely)));
  const std::size_t end = text.rfind('"');
  if (title.empty() || begin == std::string::npos || end <= begin) return text;
  return text.substr(0, begin + 1) + std::string(kEllipsis) + text.substr(end);
}

/// Where evidence is kept: a table, its column of JSON, the place of the evidence in it, and which rows may hold it.
struct EvidenceColumn {
  std::string_view table, column, place, rows;
};
constexpr EvidenceColumn kEvidence[] = {{"alert", "evidence", "$", "t.seq > ?1"},
                                        {"alert_transition", "evidence", "$", "t.seq > ?1"},
                                        {"event", "json", "$.evidence", "t.type = 'alert' AND ?1 > 0"},
                                        {"outbox", "body", "$.data", "json_valid(t.body) AND ?1 > 0"}};

}  // namespace

void TextErasure::erase(std::int64_t document, std::string_view source, std::string_view external_id) {
  titles_.clear();
  {
    auto read = connection_.prepare(
        "SELECT title FROM document WHERE id = ?1 UNION SELECT title FROM document_revision WHERE document = ?1");
    read.bind(1, document);
    while (read.step()) titles_.push_back(read.text(0));
  }
  erase_rows(document);
  erase_events(document);
  erase_evidence(document, source);
  erase_dead_letters(external_id);
}

void TextErasure::erase_rows(std::int64_t document) {
  {
    auto read = connection_.prepare("SELECT title, body FROM document WHERE id = ?");
    if (read.bind(1, document).step()) remove_from_index(connection_, document, read.text(0), read.text(1));
  }
  connection_.prepare("UPDATE document SET title = '', body = '', url = '' WHERE id = ?").bind(1, document).run();
  MetadataTable(connection_).erase(document);
  connection_.prepare("UPDATE document_revision SET title = '', body = '' WHERE document = ?").bind(1, document).run();
}

void TextErasure::erase_events(std::int64_t document) {
  connection_.prepare("UPDATE event SET json = json_set(json, '$.title', '', '$.url', '') WHERE document = ?")
      .bind(1, document)
      .run();
}

void TextErasure::erase_evidence(std::int64_t document, std::string_view source) {
  for (const auto& [table, column, place, rows] : kEvidence) {
    std::vector<std::pair<std::int64_t, std::string>> stories;  // row, path of a story that shows the title
    std::map<std::int64_t, std::string> summaries;
    {
      auto read = connection_.prepare(fmt::format(
          "SELECT t.rowid, s.fullkey, s.value ->> 'title', s.value ->> 'source', t.{1} ->> '{2}.summary' FROM {0} t, "
          "json_each(t.{1}, '{2}.top_stories') s WHERE {3}",
          table, column, place, rows));
      read.bind(1, document);
      while (read.step()) {
        const std::string shown = read.text(2), summary = read.text(4);
        const auto title = std::find_if(titles_.begin(), titles_.end(), [&](const auto& t) { return shows(shown, t); });
        if (title == titles_.end() || shown.empty() || !shows(read.text(3), source)) continue;
        stories.emplace_back(read.integer(0), read.text(1));
        summaries[read.integer(0)] = without_quote(summary, *title);
      }
    }
    for (const auto& [row, path] : stories) {
      connection_
          .prepare(fmt::format("UPDATE {0} SET {1} = json_set({1}, ?2, '', ?3, NULL) WHERE rowid = ?1", table, column))
          .bind_all(row, path + ".title", path + ".url")
          .run();
    }
    for (const auto& [row, summary] : summaries) {
      connection_
          .prepare(fmt::format("UPDATE {0} SET {1} = json_replace({1}, '{2}.summary', ?2) WHERE rowid = ?1", table,
                               column, place))
          .bind_all(row, summary)
          .run();
      if (table == "alert") erase_digest(row, summary);
    }
  }
}

/// A digest shows its alerts by their summaries alone.
void TextErasure::erase_digest(std::int64_t alert, const std::string& summary) {
  std::vector<std::pair<std::int64_t, std::string>> places;
  {
    auto read = connection_.prepare(
        "SELECT o.number, e.fullkey FROM outbox o, json_each(o.body, '$.data.alerts') e WHERE o.type = 'digest' AND "
        "json_valid(o.body) AND e.value ->> 'id' = (SELECT id FROM alert WHERE number = ?)");
    read.bind(1, alert);
    while (read.step()) places.emplace_back(read.integer(0), read.text(1));
  }
  for (const auto& [number, path] : places) {
    connection_.prepare("UPDATE outbox SET body = json_replace(body, ?2, ?3) WHERE number = ?1")
        .bind_all(number, path + ".summary", summary)
        .run();
  }
}

/// Records that could not be read and name the document, or quote its title.
void TextErasure::erase_dead_letters(std::string_view external_id) {
  std::vector<std::string> signs = {fmt::format("\"{}\"", external_id)};
  for (const auto& title : titles_) {
    if (title.size() >= kLeastToSearch) signs.push_back(title);
  }
  for (const auto& sign : signs) {
    connection_
        .prepare(
            "UPDATE dead_letter SET payload = x'' WHERE length(payload) > 0 AND (instr(payload, CAST(?1 AS BLOB)) OR "
            "id IN (SELECT letter FROM dead_letter_header WHERE instr(value, CAST(?1 AS BLOB))))")
        .bind(1, sign)
        .run();
  }
  connection_
      .prepare(
          "DELETE FROM dead_letter_header WHERE letter IN (SELECT id FROM dead_letter WHERE length(payload) = 0 AND "
          "payload_bytes > 0)")
      .run();
}

}  // namespace tapewatch::storage
