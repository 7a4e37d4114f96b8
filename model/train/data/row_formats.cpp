#include "model/train/data/row_formats.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace tapewatch::model::train {
namespace {

namespace json = boost::json;

std::vector<std::string> split_tabs(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

/// The fields of a CSV record of one or more lines; false: a quoted field is still open at the end.
bool split_csv(std::string_view record, std::vector<std::string>& fields, std::string& error) {
  fields.assign(1, "");
  bool quoted = false, was_quoted = false;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (i + 1 < record.size() && record[i + 1] == '"') {
        fields.back() += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == ',') {
      fields.emplace_back();
      was_quoted = false;
    } else if (c == '"' && fields.back().empty() && !was_quoted) {
      quoted = was_quoted = true;
    } else {
      if (was_quoted || c == '"') error = "a quote in the middle of a field";
      fields.back() += c;
    }
  }
  return !quoted;
}

}  // namespace

RowFormat row_format(std::string_view path) {
  if (path.ends_with(".csv")) return RowFormat::csv;
  if (path.ends_with(".ndjson") || path.ends_with(".jsonl") || path.ends_with(".json")) return RowFormat::ndjson;
  return RowFormat::tsv;
}

RowStream::RowStream(std::istream& in, RowFormat format) : in_(in), format_(format) {
  if (format_ == RowFormat::ndjson) return;
  std::string error;
  header_ = record(error).value_or(std::vector<std::string>{});
}

bool RowStream::read_line(std::string& line) {
  if (!pending_.empty()) {
    line = std::move(pending_.front());
    pending_.pop_front();
    ++line_;
    return true;
  }
  if (!std::getline(in_, line)) return false;
  ++line_;
  if (line.ends_with('\r')) line.pop_back();
  if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // a spreadsheet's byte order mark
  return true;
}

std::optional<std::vector<std::string>> RowStream::record(std::string& error) {
  std::string line;
  do {
    if (!read_line(line)) return std::nullopt;
  } while (line.empty());
  begin_ = line_;
  if (format_ != RowFormat::csv) return split_tabs(line);
  return csv_record(std::move(line), error);
}

std::vector<std::string> RowStream::csv_record(std::string line, std::string& error) {
  std::vector<std::string> fields, ahead;
  while (!split_csv(line, fields, error)) {
    std::string more;
    if (ahead.size() + 1 == kMaxRecordLines || !read_line(more)) {
      error = "a quoted field that does not end";
      line_ -= ahead.size();
      pending_.insert(pending_.begin(), ahead.begin(), ahead.end());
      break;
    }
    line += '\n' + more;
    ahead.push_back(std::move(more));
  }
  return fields;
}

std::optional<ParsedRow> RowStream::next() {
  if (format_ == RowFormat::ndjson) {
    std::string line;
    do {
      if (!read_line(line)) return std::nullopt;
    } while (line.empty());
    begin_ = line_;
    return json_row(line);
  }
  ParsedRow row;
  auto fields = record(row.error);
  if (!fields) return std::nullopt;
  row.line = begin_;
  if (row.error.empty() && fields->size() != header_.size()) {
    row.error = fmt::format("{} fields, expected {}", fields->size(), header_.size());
  }
  for (std::size_t i = 0; row.error.empty() && i < header_.size(); ++i) {
    row.fields.emplace_back(header_[i], std::move((*fields)[i]));
  }
  return row;
}

ParsedRow RowStream::json_row(const std::string& line) const {
  ParsedRow row{.line = begin_};
  boost::system::error_code error;
  const auto value = json::parse(line, error);
  if (error || !value.is_object()) {
    row.error = error ? "not JSON: " + error.message() : "not a JSON object";
    return row;
  }
  for (const auto& [key, item] : value.get_object()) {
    if (item.is_string()) {
      row.fields.emplace_back(key, item.get_string());
    } else if (item.is_number()) {
      row.fields.emplace_back(key, fmt::format("{}", item.to_number<double>()));
    } else if (!item.is_null()) {
      row.error = fmt::format("`{}` is neither text nor a number", std::string_view(key));
    }
  }
  return row;
}

}  // namespace tapewatch::model::train
