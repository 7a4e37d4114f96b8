#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/commands/import/import_file.hpp"
#include "ingest/document/document.hpp"

namespace tapewatch {

/// One document of a file, or why a line is none.
struct ImportEntry {
  std::uint64_t line = 0;
  std::string text;  ///< the line as it stands, where it is rejected
  ingest::Result<ingest::Document> document;
};

/// What is stored together.
struct ImportBatch {
  std::string file;  ///< its name, for messages and dead letters
  std::string key;   ///< what its position is kept under; "": it is not kept
  std::vector<ImportEntry> entries;
  std::optional<ImportPosition> after;  ///< where reading goes on once all of them are stored

  std::string place_of(const ImportEntry& entry) const { return file + ":" + std::to_string(entry.line); }
};

/// What became of documents so far.
struct ImportCounts {
  std::uint64_t stored = 0, revised = 0, repeated = 0, removed = 0, held = 0, blocked = 0, rejected = 0;

  std::uint64_t all() const { return stored + revised + repeated + removed + held + blocked + rejected; }
  void add(const ImportCounts& more);
  /// By the word of POST /v1/documents.
  void count(std::string_view status);
};

/// Told of each bad line: "FILE:LINE" and the reason.
using TellBadLine = std::function<void(const std::string& place, const std::string& reason)>;

/// Where history goes.
class ImportTarget {
 public:
  virtual ~ImportTarget() = default;
  /// The most documents of a batch.
  virtual std::size_t batch_documents() const = 0;
  /// How far an earlier run has come.
  virtual std::optional<ImportPosition> position(const std::string& key) = 0;
  /// Stores the batch, and then its position; it may still be under way on return. Throws std::runtime_error where that
  /// fails for good, for this batch or the one before.
  virtual void store(ImportBatch batch, ImportCounts& counts, const TellBadLine& tell) = 0;
  /// Returns once every batch is stored. Throws as store() does.
  virtual void finish(ImportCounts& counts) = 0;
};

/// A position as the text that targets keep: {"lines":…,"digest":…}; nothing for another text.
std::string position_json(const ImportPosition& position);
std::optional<ImportPosition> read_position(std::string_view json);

/// "/title: missing".
std::string reason_of(const ingest::Rejection& rejection);

}  // namespace tapewatch
