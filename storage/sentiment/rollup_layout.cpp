#include "storage/sentiment/rollup_layout.hpp"

#include <fmt/format.h>

#include <vector>

namespace tapewatch::storage {

namespace {

/// Whether a row's label is one of the three classes, in SQL.
std::string class_condition() { return fmt::format("label <= {}", static_cast<std::int64_t>(Label::negative)); }

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
  static const std::vector<std::string> all = [] {
    std::vector<std::string> names;
    for (const auto& column : kDocumentColumns) names.emplace_back(column.name);
    for (std::size_t grain = 0; grain < kGrainCount; ++grain) {
      for (const auto& column : kVoteColumns) names.push_back(vote_column(column, grain));
    }
    return names;
  }();
  return all;
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
