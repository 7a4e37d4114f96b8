// Tested by tests/train/data/row_formats_test.cpp
#include "model/train/data/row_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "config/notation/utf8.hpp"
#include "model/train/data/row_formats.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kShown = 20;

using Field = std::string RawRow::*;
constexpr std::array<std::pair<std::string_view, Field>, 5> kColumns{{{"label", &RawRow::label},
                                                                      {"topic", &RawRow::topic},
                                                                      {"source", &RawRow::source},
                                                                      {"entity", &RawRow::entity},
                                                                      {"text", &RawRow::text}}};

void check_header(const std::vector<std::string>& names, const std::vector<std::string_view>& required,
                  const std::string& path) {
  for (const auto name : required) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw std::runtime_error(fmt::format("{}:1: the header has no column `{}`", path, name));
    }
  }
}

/// What required field the row lacks; "" if none.
std::string missing(const ParsedRow& row, const std::vector<std::string_view>& required) {
  for (const auto name : required) {
    const auto has = [&](const auto& field) { return field.first == name; };
    if (std::none_of(row.fields.begin(), row.fields.end(), has)) return fmt::format("no `{}`", name);
  }
  return "";
}

/// Why the row is malformed; "" if it is not.
std::string fault(const ParsedRow& row, const std::vector<std::string_view>& required) {
  if (!row.error.empty()) return row.error;
  for (const auto& [name, value] : row.fields) {
    if (!notation::is_utf8(value)) return fmt::format("`{}` is not UTF-8", name);
  }
  return missing(row, required);
}

}  // namespace

void BadRows::add(const std::string& file, std::size_t line, const std::string& reason) {
  if (++count_ <= kShown) shown_.push_back(fmt::format("{}:{}: {}", file, line, reason));
}

void BadRows::check(double share) const {
  if (static_cast<double>(count_) <= share * static_cast<double>(rows_)) return;
  std::string message = fmt::format(
      "{} of {} rows cannot be used, more than the {:.2f} % allowed (--max-bad-rows):", count_, rows_, share * 100.0);
  for (const auto& row : shown_) message += "\n  " + row;
  if (count_ > shown_.size()) message += fmt::format("\n  … and {} more", count_ - shown_.size());
  throw std::runtime_error(message);
}

std::vector<RawRow> read_rows(const std::string& path, const std::vector<std::string_view>& required, BadRows& bad) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  const auto format = row_format(path);
  RowStream stream(in, format);
  if (format != RowFormat::ndjson) check_header(stream.header(), required, path);
  std::vector<RawRow> rows;
  while (auto parsed = stream.next()) {
    bad.count_row();
    if (const auto reason = fault(*parsed, required); !reason.empty()) {
      bad.add(path, parsed->line, reason);
      continue;
    }
    RawRow row{.file = path, .line = parsed->line};
    for (const auto& [name, value] : parsed->fields) {
      for (const auto& [column, field] : kColumns) {
        if (column == name) row.*field = value;
      }
      if (name == "event") row.event = value;
      if (name == "gravity") row.gravity = value;
    }
    if (row.source.empty()) row.source = kWritten;
    rows.push_back(std::move(row));
  }
  if (in.bad()) throw std::runtime_error(path + ": reading failed");
  return rows;
}

}  // namespace tapewatch::model::train
