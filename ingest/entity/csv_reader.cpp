// Tested by tests/ingest/entity/watchlist_test.cpp
#include "ingest/entity/csv_reader.hpp"

#include <algorithm>

namespace tapewatch::ingest {

CsvReader::CsvReader(std::string_view text, CsvComments comments) : text_(text), comments_(comments) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

bool CsvReader::at_line_end() const { return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r'; }

void CsvReader::skip_line() {
  at_ = std::min(text_.find('\n', at_), text_.size());
  at_ = std::min(at_ + 1, text_.size());
  ++line_;
}

std::string CsvReader::read_quoted(CsvRow& row) {
  std::string field;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] != '"') {
      line_ += text_[at_] == '\n' ? 1 : 0;
      field += text_[at_];
    } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
      field += text_[at_++];
    } else {
      ++at_;
      if (!at_line_end() && text_[at_] != ',') row.error = "text after a closing quote";
      return field;
    }
  }
  row.error = "a quoted field is not closed";
  row.open = true;
  return field;
}

std::optional<CsvRow> CsvReader::next() {
  const auto skipped = [&] { return at_line_end() || (comments_ == CsvComments::skipped && text_[at_] == '#'); };
  while (at_ < text_.size() && skipped()) skip_line();
  if (at_ >= text_.size() || failed_) return std::nullopt;
  CsvRow row;
  row.line = line_;
  while (row.error.empty()) {
    if (at_ < text_.size() && text_[at_] == '"') {
      row.fields.push_back(read_quoted(row));
    } else {
      const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      row.fields.emplace_back(text_.substr(at_, end - at_));
      at_ = end;
    }
    if (at_line_end()) {
      skip_line();
      break;
    }
    ++at_;  // the comma
  }
  failed_ = !row.error.empty();
  return row;
}

}  // namespace tapewatch::ingest
