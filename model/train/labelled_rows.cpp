#include "model/train/labelled_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <stdexcept>

namespace tapewatch::model::train {
namespace {

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

std::size_t column(const std::vector<std::string>& header, std::string_view name, const std::string& path) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) throw std::runtime_error(fmt::format("{}:1: the header has no column `{}`", path, name));
  return static_cast<std::size_t>(found - header.begin());
}

template <class Names>
std::int64_t index_of(const Names& names, const std::string& label) {
  const auto found = std::find(names.begin(), names.end(), label);
  if (found == names.end()) throw std::runtime_error("label `" + label + "` was not in the training rows");
  return found - names.begin();
}

}  // namespace

std::span<const std::string_view> sentiment_names() {
  static constexpr std::array<std::string_view, 3> kNames{"positive", "neutral", "negative"};
  return kNames;
}

std::vector<RawRow> read_tsv(const std::string& path, std::span<const std::string> sources) {
  std::ifstream in(path);
  std::string line;
  if (!in || !std::getline(in, line)) throw std::runtime_error(path + ": cannot be read");
  const auto header = split_tabs(line);
  const auto label = column(header, "label", path), source = column(header, "source", path),
             text = column(header, "text", path);
  std::vector<RawRow> rows;
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    const auto fields = split_tabs(line);
    if (fields.size() != header.size()) {
      throw std::runtime_error(
          fmt::format("{}:{}: {} fields, expected {}", path, number, fields.size(), header.size()));
    }
    if (!sources.empty() && std::find(sources.begin(), sources.end(), fields[source]) == sources.end()) continue;
    rows.push_back({fields[label], fields[source], fields[text]});
  }
  return rows;
}

std::vector<LabelledRow> sentiment_rows(const std::vector<RawRow>& raw) {
  std::vector<LabelledRow> rows;
  for (const auto& row : raw) rows.push_back({row.text, row.source, index_of(sentiment_names(), row.label), kNoLabel});
  return rows;
}

std::vector<LabelledRow> topic_rows(const std::vector<RawRow>& raw, std::span<const std::string> topics) {
  std::vector<LabelledRow> rows;
  for (const auto& row : raw) rows.push_back({row.text, row.source, kNoLabel, index_of(topics, row.label)});
  return rows;
}

std::vector<std::string> distinct_labels(const std::vector<RawRow>& raw) {
  std::set<std::string> labels;
  for (const auto& row : raw) labels.insert(row.label);
  return {labels.begin(), labels.end()};
}

}  // namespace tapewatch::model::train
