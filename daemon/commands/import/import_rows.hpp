#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/commands/import/import_file.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "ingest/document/document.hpp"
#include "ingest/record/source_reader.hpp"

namespace tapewatch {

enum class ImportFormat { ndjson, csv };

/// By the ending of the name, ".gz" aside: csv, else NDJSON.
ImportFormat format_of(const std::string& path);

/// What one line of NDJSON, or one row of CSV, becomes.
struct ImportRow {
  std::uint64_t line = 0;  ///< its first
  std::string text;        ///< as it stands in the file
  std::vector<ingest::Result<ingest::Document>> documents;
};

/// Reads a file row by row, blank ones left out. A row of CSV is read as an object whose members are the columns by the
/// names in the header row; empty cells are absent. A row that cannot be read is one rejection. History needs its own
/// times: a document without `published_at` is rejected. The text of documents is as their sender wrote it.
class ImportRows {
 public:
  /// References outlive it. Reads the header row of CSV; throws std::runtime_error where there is none.
  ImportRows(ImportFile& file, ImportFormat format, const ingest::SourceReader& reader, TimePoint now);

  std::optional<ImportRow> next();
  /// Goes on where an earlier run has stopped; false: those lines are not in the file, and it begins at the beginning.
  bool resume(const ImportPosition& position);
  /// The position behind the last row; nothing while lines behind it have been read already.
  std::optional<ImportPosition> position() const;

 private:
  struct Line {
    std::uint64_t number = 0;
    std::string text;
    bool too_long = false;
  };
  std::optional<Line> next_line();
  void read_header();
  ImportRow csv_row(Line first);
  ImportRow plain_row(Line line) const;
  std::vector<ingest::Result<ingest::Document>> documents_of(std::string_view text) const;

  ImportFile& file_;
  const ImportFormat format_;
  const ingest::SourceReader& reader_;
  const TimePoint now_;
  std::vector<std::string> columns_;
  std::deque<Line> waiting_;  // lines read while looking for the end of a quoted cell that has none
};

}  // namespace tapewatch
