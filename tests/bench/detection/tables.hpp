#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alerts/rules/rule_options.hpp"
#include "tests/bench/detection/intervals.hpp"
#include "tests/bench/detection/variant.hpp"

namespace tapewatch::bench {

struct TableOptions {
  bool quick = false;               ///< minutes on one core instead of hours; wider intervals
  bool updates = false;             ///< updates count like alarms: as false ones, and as finds
  std::uint64_t seed = 1;           ///< another one gives fresh streams
  Variant variant;                  ///< --set: what is measured
  std::string only;                 ///< rows whose name contains it
  std::vector<std::string> inputs;  ///< files, for a table that reads some
};

/// What a rule may cost a series: so many false alarms in that time.
struct Allowance {
  const char* name;
  double count;
  std::chrono::hours per;

  double a_week() const { return count * 168.0 / static_cast<double>(per.count()); }
  alerts::FalseAlarmBudget over(int series) const { return {count * series, per}; }
};
inline constexpr Allowance kWeekly{"1/week", 1.0, std::chrono::hours{168}};
inline constexpr Allowance kMonthly{"1/month", 1.0, std::chrono::hours{720}};
inline constexpr Allowance kHalfYearly{"0.5/year", 0.5, std::chrono::hours{8760}};

/// The seed of stream `index` of a row: rows keep their streams whatever is left out before them.
std::uint64_t stream_seed(const TableOptions&, const std::string& row, int index);

bool wanted(const TableOptions&, const std::string& row);

/// "60 % (54-66)": successes of trials with Wilson's interval.
std::string percent(int successes, int trials);

/// "row: 3 of 12" on stderr: rewritten on a terminal, else once a row.
void progress(const std::string& row, int number, int of);

void budget_table(const TableOptions&);
void detection_table(const TableOptions&);
void sparse_table(const TableOptions&);
void sustained_table(const TableOptions&);
void after_table(const TableOptions&);
void cold_table(const TableOptions&);
void holiday_table(const TableOptions&);
void mean_table(const TableOptions&);
void silence_table(const TableOptions&);
void scale_table(const TableOptions&);
void detect_rows_table(const TableOptions&);
void series_csv(const TableOptions&);
void nab_score(const TableOptions&);

}  // namespace tapewatch::bench
