// Tested by tests/model/evaluation/evaluation_test.cpp
#include "model/evaluation/labelled_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "model/evaluation/tab_separated.hpp"

namespace tapewatch::model {
namespace {

using Field = std::string LabelledText::*;
constexpr std::array<std::pair<std::string_view, Field>, 7> kColumns{{{"label", &LabelledText::label},
                                                                      {"text", &LabelledText::text},
                                                                      {"source", &LabelledText::source},
                                                                      {"entity", &LabelledText::entity},
                                                                      {"topic", &LabelledText::topic},
                                                                      {"event", &LabelledText::event},
                                                                      {"gravity", &LabelledText::gravity}}};

std::vector<Field> read_header(std::string_view line, std::string_view origin) {
  std::vector<Field> fields;
  for (const auto name : split_tabs(line)) {
    const auto* const column =
        std::find_if(kColumns.begin(), kColumns.end(), [&](const auto& item) { return item.first == name; });
    if (column == kColumns.end() || std::count(fields.begin(), fields.end(), column->second) > 0) {
      throw LabelledDataError(fmt::format(
          "{}:1: expected the columns label and text, optionally source, entity, topic, event and gravity, each once; "
          "found \"{}\"",
          origin, name));
    }
    fields.push_back(column->second);
  }
  const auto has = [&](Field field) { return std::count(fields.begin(), fields.end(), field) > 0; };
  const bool labelled = has(&LabelledText::label) || (has(&LabelledText::event) && has(&LabelledText::gravity));
  if (!has(&LabelledText::text) || !labelled) {
    throw LabelledDataError(fmt::format(
        "{}:1: expected the columns text and label, or text, event and gravity; found \"{}\"", origin, line));
  }
  return fields;
}

}  // namespace

std::vector<LabelledText> parse_labelled(std::string_view tsv, std::string_view origin) {
  std::vector<Field> columns;
  std::vector<LabelledText> rows;
  for (std::size_t number = 1; !tsv.empty(); ++number) {
    const auto end = tsv.find('\n');
    auto line = tsv.substr(0, end);
    tsv.remove_prefix(end == std::string_view::npos ? tsv.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1) {
      columns = read_header(line, origin);
      continue;
    }
    if (line.empty()) continue;
    const auto fields = split_tabs(line);
    if (fields.size() != columns.size()) {
      throw LabelledDataError(
          fmt::format("{}:{}: expected {} fields, found {}", origin, number, columns.size(), fields.size()));
    }
    auto& row = rows.emplace_back();
    row.line = number;
    row.says_risk =
        std::ranges::count(columns, &LabelledText::event) + std::ranges::count(columns, &LabelledText::gravity) == 2;
    for (std::size_t i = 0; i < fields.size(); ++i) row.*columns[i] = std::string(fields[i]);
  }
  if (rows.empty()) throw LabelledDataError(fmt::format("{}: expected a header and rows, found no row", origin));
  return rows;
}

std::vector<LabelledText> read_labelled(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw LabelledDataError(fmt::format("{}: expected a readable file, found none", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) throw LabelledDataError(fmt::format("{}: reading failed", path));
  return parse_labelled(text, path);
}

}  // namespace tapewatch::model
