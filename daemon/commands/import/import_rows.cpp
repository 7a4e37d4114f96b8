#include "daemon/commands/import/import_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "config/notation/ascii.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/entity/csv_reader.hpp"
#include "ingest/record/record_bytes.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kMostQuotedBytes = std::size_t{2} << 20;  // of a CSV row over several lines

/// Of a file that is not UTF-8: as it is detected.
std::string as_utf8(std::string text) {
  if (notation::is_utf8(text)) return text;
  std::vector<ingest::FieldWarning> warnings;
  auto decoded = ingest::record_text(text, {}, ingest::DocumentLimits{}, warnings);
  return decoded ? std::move(decoded->content) : notation::repaired_utf8(text);
}

ingest::CsvRow parsed(std::string_view text) {
  auto row = ingest::CsvReader(text, ingest::CsvComments::rows).next();
  return row ? std::move(*row) : ingest::CsvRow{};
}

/// A row as the object that its columns make.
std::string object_of(const std::vector<std::string>& columns, const std::vector<std::string>& cells) {
  notation::JsonWriter json;
  json.begin_object();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].empty()) json.field(columns[i], cells[i]);
  }
  return json.end_object().take();
}

}  // namespace

ImportFormat format_of(const std::string& path) {
  std::string_view name = path;
  if (name.ends_with(".gz")) name.remove_suffix(3);
  return notation::ascii_lower(name).ends_with(".csv") ? ImportFormat::csv : ImportFormat::ndjson;
}

ImportRows::ImportRows(ImportFile& file, ImportFormat format, const ingest::SourceReader& reader, TimePoint now)
    : file_(file), format_(format), reader_(reader), now_(now) {
  read_header();
}

void ImportRows::read_header() {
  if (format_ != ImportFormat::csv) return;
  std::string line;
  while (file_.next(line)) {
    if (notation::trimmed(line).empty()) continue;
    ingest::CsvRow row = parsed(as_utf8(std::move(line)));
    if (!row.error.empty()) throw std::runtime_error(file_.name_of(file_.position().lines) + ": " + row.error);
    for (std::string& name : row.fields) name = notation::trimmed(name);
    columns_ = std::move(row.fields);
    return;
  }
  throw std::runtime_error(file_.path() + ": the header row is missing");
}

bool ImportRows::resume(const ImportPosition& position) {
  if (position.lines <= file_.position().lines) return true;
  waiting_.clear();
  if (file_.skip_to(position)) return true;
  read_header();
  return false;
}

std::optional<ImportPosition> ImportRows::position() const {
  return waiting_.empty() ? std::optional(file_.position()) : std::nullopt;
}

std::optional<ImportRows::Line> ImportRows::next_line() {
  if (!waiting_.empty()) {
    Line line = std::move(waiting_.front());
    waiting_.pop_front();
    return line;
  }
  Line line;
  if (!file_.next(line.text)) return std::nullopt;
  line.number = file_.position().lines;
  line.too_long = file_.too_long();
  return line;
}

std::optional<ImportRow> ImportRows::next() {
  while (auto line = next_line()) {
    if (notation::trimmed(line->text).empty()) continue;
    if (line->too_long) {
      ImportRow row{line->number, std::move(line->text), {}};
      row.documents.emplace_back(ingest::Rejection{"", "the line is too long"});
      return row;
    }
    return format_ == ImportFormat::csv ? csv_row(std::move(*line)) : plain_row(std::move(*line));
  }
  return std::nullopt;
}

ImportRow ImportRows::plain_row(Line line) const {
  ImportRow row{line.number, std::move(line.text), {}};
  row.documents = documents_of(row.text);
  return row;
}

/// A cell in quotation marks may go on in the next lines. Where it never ends, only its first line is bad.
ImportRow ImportRows::csv_row(Line first) {
  std::string text = as_utf8(first.text);
  ingest::CsvRow cells = parsed(text);
  std::vector<Line> more;
  while (cells.open && text.size() < kMostQuotedBytes) {
    auto line = next_line();
    if (!line) break;
    text += "\n" + as_utf8(line->text);
    const bool may_end = line->text.find('"') != std::string::npos;
    more.push_back(std::move(*line));
    if (may_end) cells = parsed(text);
  }
  ImportRow row{first.number, {}, {}};
  if (!cells.error.empty()) {
    waiting_.insert(waiting_.begin(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    row.text = std::move(first.text);
    row.documents.emplace_back(ingest::Rejection{"", cells.error});
    return row;
  }
  row.text = std::move(text);
  if (cells.fields.size() > columns_.size()) {
    row.documents.emplace_back(ingest::Rejection{
        "", fmt::format("{} cells, and the header row has {}", cells.fields.size(), columns_.size())});
  } else {
    row.documents = documents_of(object_of(columns_, cells.fields));
  }
  return row;
}

std::vector<ingest::Result<ingest::Document>> ImportRows::documents_of(std::string_view text) const {
  ingest::RecordContext context;
  context.now = now_;
  ingest::RecordDocuments read = reader_.read(text, context);
  for (auto& document : read.documents) {
    if (!document) continue;
    if (document->action != ingest::Action::remove && document->published_from != ingest::PublishedFrom::source) {
      document = ingest::without_own_time(*document);
      continue;
    }
    ingest::complete_identity(*document);
    ingest::complete_times(*document, std::nullopt, now_);
  }
  return std::move(read.documents);
}

}  // namespace tapewatch
