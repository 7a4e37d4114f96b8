#include "storage/sentiment/rollup_layout.hpp"

#include <fmt/format.h>

#include <vector>

namespace tapewatch::storage {

namespace {

/// Whether a row's label is one of the three classes, in SQL.
std::string class_condition() { return fmt::format("label <= {}", static_cast<std::int64_t>(Label::negative)); }

std::vector<std::string> columns_of(bool repeats) {
  std::vector<std::string> names;
  for (const auto& column : kDocumentColumns) names.emplace_back(column.name);
  for (const auto& grain : kGrains) {
    for (std::size_t i = 0; i < std::size(kVoteColumns); ++i) {
      names.push_back(fmt::format("{}_{}", repeats ? kRepeatNames[i] : kVoteColumns[i].name, grain.name));
    }
  }
  return names;
}

}  // namespace

std::string RollupTable::key_list() const { return fmt::format("{}", fmt::join(keys, ", ")); }

std::string RollupTable::series_list() const {
  std::string list;
  for (const auto key : keys) {
    if (key != "minute") list += fmt::format("{}{}", list.empty() ? "" : ", ", key);
  }
  return list;
}

std::string vote_column(const SumColumn<VoteSums>& column, std::size_t grain) {
  return fmt::format("{}_{}", column.name, kGrains[grain].name);
}

std::span<const std::string> sum_columns() {
  static const std::vector<std::string> all = columns_of(false);
  return all;
}

std::span<const std::string> RollupTable::stored_columns() const {
  static const std::vector<std::string> with_repeats = columns_of(true);
  return stores_repeats() ? std::span<const std::string>(with_repeats) : sum_columns();
}

std::string aggregate(Summand of, Label label) {
  switch (of) {
    case Summand::rows:
      return "count(*)";
    case Summand::rows_of_label:
      return fmt::format("sum(label = {})", static_cast<std::int64_t>(label));
    case Summand::rows_of_class:
      return fmt::format("sum({})", class_condition());
    case Summand::sentiment:
      return fmt::format("coalesce(sum(CASE WHEN {} THEN sentiment END), 0)", class_condition());
    case Summand::square:
      return fmt::format("coalesce(sum(CASE WHEN {} THEN {} END), 0)", class_condition(), kSquareNanoSql);
  }
  return "";
}

}  // namespace tapewatch::storage
