#include "model/train/row_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kShown = 20;

using Field = std::string RawRow::*;
constexpr std::array<std::pair<std::string_view, Field>, 5> kColumns{{{"label", &RawRow::label},
                                                                      {"topic", &RawRow::topic},
                                                                      {"source", &RawRow::source},
                                                                      {"entity", &RawRow::entity},
                                                                      {"text", &RawRow::text}}};

std::vector<std::string> split_tabs(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

/// The member for each column of the header; nullptr for a column that is of no concern.
std::vector<Field> read_header(const std::vector<std::string>& names, const std::vector<std::string_view>& required,
                               const std::string& path) {
  std::vector<Field> fields;
  for (const auto& name : names) {
    const auto* const known =
        std::find_if(kColumns.begin(), kColumns.end(), [&](const auto& column) { return column.first == name; });
    fields.push_back(known == kColumns.end() ? nullptr : known->second);
  }
  for (const auto name : required) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw std::runtime_error(fmt::format("{}:1: the header has no column `{}`", path, name));
    }
  }
  return fields;
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
  std::ifstream in(path);
  std::string line;
  if (!in || !std::getline(in, line)) throw std::runtime_error(path + ": cannot be read");
  const auto columns = read_header(split_tabs(line), required, path);
  std::vector<RawRow> rows;
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    bad.count_row();
    auto fields = split_tabs(line);
    if (fields.size() != columns.size()) {
      bad.add(path, number, fmt::format("{} fields, expected {}", fields.size(), columns.size()));
      continue;
    }
    RawRow row{.file = path, .line = number};
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (columns[i] != nullptr) row.*columns[i] = std::move(fields[i]);
    }
    if (row.source.empty()) row.source = kWritten;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace tapewatch::model::train
