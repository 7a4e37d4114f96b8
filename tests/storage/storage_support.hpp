#pragma once
// Shared by the storage tests: a folder for each, short row builders, whole-database dumps.
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/document_row.hpp"
#include "storage/document/document_writer.hpp"
#include "tests/support/new_database.hpp"

namespace storage_test {

using namespace tapewatch::storage;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using tapewatch::tests::open_new;

class TempFolder {
 public:
  TempFolder() {
    // In memory if possible: hundreds of databases, each of which syncs to disk when created.
    const std::filesystem::path memory = "/dev/shm";
    std::string pattern = (memory / "storage-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      pattern = (std::filesystem::temp_directory_path() / "storage-test-XXXXXX").string();
      if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for a test: " + pattern);
    }
    path_ = pattern;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name = "test.db") const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// 2026-03-02T09:00:00Z, a Monday, plus minutes.
inline TimePoint at_minute(std::int64_t minute) {
  return std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + hours(9) + minutes(minute);
}

struct Score {
  std::string topic = "earnings", label = "negative";
  float positive = 0.1f, neutral = 0.2f, negative = 0.7f;
};

inline DocumentRow document(const std::string& source, const std::string& id, TimePoint at, const std::string& title,
                            const Score& score = {}) {
  DocumentRow row;
  row.source = source;
  row.id = id;
  row.title = title;
  row.url = "https://news.example/" + id;
  row.language = "en";
  row.published_at = row.received_at = row.scored_at = at;
  row.published_from = "source";
  row.story_key = title;
  row.topic = score.topic;
  row.label = find_label(score.label).value();
  row.model_version = "test-1";
  if (score.label == "unscored") {
    row.topic.clear();
    row.unscored_reason = "language";
  } else {
    row.probabilities = {score.positive, score.neutral, score.negative};
    row.topics = {0.25f, 0.75f};
  }
  return row;
}

inline EntityRow entity(const std::string& id, const std::string& label = "negative", double sentiment = -0.6) {
  EntityRow row;
  row.id = id;
  row.name = "The " + id;
  row.label = find_label(label).value();
  row.sentiment = label == "unscored" ? 0 : sentiment;
  return row;
}

/// One document in its own transaction.
inline Inserted store(Connection& connection, DocumentWriter& writer, const DocumentRow& row) {
  Transaction transaction(connection);
  const Inserted inserted = writer.insert(row, row.received_at);
  transaction.commit();
  return inserted;
}

/// A separate database with everything needed to write documents.
struct DocumentStore {
  TempFolder folder;
  Connection connection = open_new(folder.file());
  DocumentWriter writer{connection, {}};

  Inserted add(const DocumentRow& row) { return store(connection, writer, row); }
};

inline std::vector<std::string> tables_of(Connection& connection) {
  auto read = connection.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE "
      "VIRTUAL%' "
      "ORDER BY name");
  std::vector<std::string> names;
  while (read.step()) names.push_back(read.text(0));
  return names;
}

/// Every row of every table, as text. Full-text shadow tables are left out: their pages depend on the commits.
inline std::string dump(Connection& connection) {
  std::string text;
  for (const auto& table : tables_of(connection)) {
    if (table.starts_with("document_text")) continue;
    text += "== " + table + "\n";
    auto columns = connection.prepare("SELECT name FROM pragma_table_info('" + table + "')");
    std::string list;
    while (columns.step()) list += (list.empty() ? "quote(\"" : " || '|' || quote(\"") + columns.text(0) + "\")";
    auto read = connection.prepare("SELECT " + list + " FROM " + table + " ORDER BY 1");
    while (read.step()) text += read.text(0) + "\n";
  }
  return text;
}

inline std::int64_t number(Connection& connection, std::string_view sql) {
  auto read = connection.prepare(sql);
  return read.step() ? read.integer(0) : -1;
}

/// The kind of the error that opening gives, with its message.
template <class Open>
std::pair<StorageError::Kind, std::string> error_of(const Open& open) {
  try {
    open();
  } catch (const StorageError& error) {
    return {error.kind(), error.what()};
  }
  return {StorageError::Kind::other, "no error"};
}

}  // namespace storage_test
