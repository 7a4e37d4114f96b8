// What the detector is worth, measured on simulated news: bench_detection TABLE [--quick] [--updates] [--seed N]
// [--only TEXT] [--set NAME=VALUE]….
//
//   budget      false alarms measured over allowed: settings x budgets, Poisson intervals
//   detect      surges of 15 minutes to 7 days in three sizes: the product against NB-CUSUM, NB scan, EWMA, EARS-C2
//               and a hidden Markov filter, whose thresholds give as many false alarms on the same streams without
//               surges; with --updates, messages in place of alarms: the product's updates, and one of a rival
//               each time that its statistic has doubled, count as false ones and as finds
//   sparse      20 stories in 24 or 72 hours, 5 in 15 minutes, about a company of 0.14 stories a day
//   sustained   ten days at 2 x and 5 x: how long the alert is open; a second surge within the first
//   after       an hour at 4 x, some days after a ten-day surge
//   cold        the first days: false storms, and nine stories in half an hour about one of 50 companies
//   holidays    ten quiet days and the days after them: false alarms, and a surge of 5 x on one
//   mean        the measure mean_sentiment: false alarms, and falls of one deviation for a day
//   silence     the measure no_data: false alarms, and how long a source that falls silent is not missed
//   scale       100,000 series and 1,000 documents a second: processor, memory a series, bytes written a document
//   detect-rows 16,000 rows of five minutes, as `tapewatch detect` does them
//   series-csv  those rows, for the command itself: bench_detection series-csv > rows.csv; tapewatch detect rows.csv
//   nab         scores outputs of `tapewatch detect` by Numenta's benchmark: nab combined_windows.json OUTPUT.csv…
//
// The whole tables take hours on one core, --quick minutes. --only keeps the rows whose name contains TEXT; a row has
// the same streams whatever else is run, and other ones with another --seed. Tables on stdout, progress on stderr.
// --set changes a constant of the model (variant.cpp lists them) or leaves a part of the product out, to see what it
// earns: sums=0, longest_window=24, naive_hours=0, drift_start=0 …
// The product is driven through alerts::TrendDetector alone, so that two versions of it can be told apart.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/detection/tables.hpp"

namespace {

using tapewatch::bench::TableOptions;

struct Table {
  std::string_view name;
  void (*print)(const TableOptions&);
};

constexpr std::array<Table, 13> kTables = {{{"budget", tapewatch::bench::budget_table},
                                            {"detect", tapewatch::bench::detection_table},
                                            {"sparse", tapewatch::bench::sparse_table},
                                            {"sustained", tapewatch::bench::sustained_table},
                                            {"after", tapewatch::bench::after_table},
                                            {"cold", tapewatch::bench::cold_table},
                                            {"holidays", tapewatch::bench::holiday_table},
                                            {"mean", tapewatch::bench::mean_table},
                                            {"silence", tapewatch::bench::silence_table},
                                            {"scale", tapewatch::bench::scale_table},
                                            {"detect-rows", tapewatch::bench::detect_rows_table},
                                            {"series-csv", tapewatch::bench::series_csv},
                                            {"nab", tapewatch::bench::nab_score}}};

int usage() {
  std::string names;
  for (const Table& table : kTables) names += " " + std::string(table.name);
  fmt::print(stderr,
             "usage: bench_detection TABLE [--quick] [--updates] [--seed N] [--only TEXT] [--set NAME=VALUE]… "
             "[FILE…]\ntables:{}\n",
             names);
  return 2;
}

bool parse(const std::vector<std::string_view>& arguments, TableOptions& options) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--quick") {
      options.quick = true;
      continue;
    }
    if (name == "--updates") {
      options.updates = true;
      continue;
    }
    if (name.substr(0, 2) != "--") {
      options.inputs.emplace_back(name);
      continue;
    }
    if (++i == arguments.size()) return false;
    const std::string_view value = arguments[i];
    if (name == "--set") {
      if (!tapewatch::bench::change(options.variant, value)) return false;
    } else if (name == "--only") {
      options.only = value;
    } else if (name == "--seed") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), options.seed);
      if (error != std::errc{} || end != value.data() + value.size()) return false;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string_view> arguments(values + 1, values + count);
  TableOptions options;
  if (arguments.empty() || !parse(arguments, options)) return usage();
  for (const Table& table : kTables) {
    if (table.name != arguments.front()) continue;
    std::string command = "bench_detection";
    for (const std::string_view argument : arguments) command += " " + std::string(argument);
    if (table.print != tapewatch::bench::series_csv) fmt::print("{}\n\n", command);
    try {
      table.print(options);
    } catch (const std::exception& error) {
      fmt::print(stderr, "bench_detection: {}\n", error.what());
      return 1;
    }
    return 0;
  }
  return usage();
}
