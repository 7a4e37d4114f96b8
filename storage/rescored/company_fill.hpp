#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/document/document_row.hpp"
#include "storage/document/document_tables.hpp"
#include "storage/document/story_ledger.hpp"
#include "storage/document/watch_log.hpp"
#include "storage/rescored/rescoring_reader.hpp"

namespace tapewatch::storage {

/// A stored document that came before some companies were watched.
struct DocumentToRead {
  std::int64_t id = 0, revision = 0;
  std::string title, body, language;
};

/// The companies that it names after all.
struct FilledDocument {
  std::int64_t document = 0, revision = 0;  ///< as they were read
  std::vector<EntityRow> entities;
};

/// Finds stored documents that have not been read for companies that were added to the watch list later.
class CompanyFillReader {
 public:
  /// What lies in the time of the query.
  CompanyFillReader(Connection& connection, const RescoringQuery& query);
  const std::vector<UnreadPast>& companies() const { return companies_; }
  /// The next ones, in the order in which they came.
  std::vector<DocumentToRead> next(std::size_t limit);
  /// Whether the company was not watched when the document came, and is not yet known to be named by it.
  bool wants(std::int64_t document, std::string_view entity) const;

 private:
  Connection& connection_;
  const TimePoint from_, to_;
  const std::vector<UnreadPast> companies_;
  std::map<std::string, std::int64_t, std::less<>> last_unread_;  // by id: the seq
  std::int64_t after_ = 0, last_ = 0;
};

/// Adds the companies to stored documents as a revision that names them would: they count in the document's own bucket,
/// under its model and topic, with its story's vote where no other document has given it; each document is a tick of
/// the sequence, before which `as_of` does not know of them. Rules have not seen them and do not learn from them.
/// Inside the caller's Transaction, on the writer's thread. Throws StorageError.
class CompanyFillWriter {
 public:
  explicit CompanyFillWriter(Connection& connection);
  /// False, and nothing is written: the document has been revised, taken back or swept since it was read.
  bool store(const FilledDocument& filled);

 private:
  bool is_named(std::int64_t document, std::int64_t entity);

  Connection& connection_;
  DocumentTables tables_;
  StoryLedger stories_;
  Dictionary entities_, events_;
};

}  // namespace tapewatch::storage
