#pragma once

#include <iosfwd>
#include <string>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch {

/// `tapewatch detect`.
struct DetectOptions {
  std::string config;  ///< configuration with the rule; empty: a rule with default values
  std::string rule;    ///< empty: the configuration's only rule
  std::string preset;  ///< "posts": see post_counts.hpp; empty: the rule
  std::string series;  ///< CSV file with `timestamp,value`, "-": standard input
};

/// Runs the detector on any series of counts, as if each unit of a value were a separate negative story: prints
/// `timestamp,value,expected,upper,score,alert` per row, `expected` and `upper` (97.5 %) for the row's own step,
/// `score` the largest -log10 p over the rule's windows, `alert` 1 while an alert is firing. Timestamps ascend, a
/// minute to an hour apart, RFC 3339, `YYYY-MM-DD HH:MM:SS` (UTC) or an epoch; values are counts from 0 to a million.
/// Empty fields: unknown. All of the rule applies except `where` and `group_by`; windows shorter than the step are
/// replaced by the step. With the preset "posts" no rule applies: `score` is a rise over the series' usual daily peak,
/// one row an episode, and `alert` 1 where it is above the preset's limit. Exit status 0; 1 with the line and the
/// reason on `err`.
int run_detect(const DetectOptions& options, const alerts::RuleOptions& rule, std::istream& in, std::ostream& out,
               std::ostream& err);
int run_detect(const DetectOptions& options, const alerts::RuleOptions& rule, std::istream& in, std::ostream& out);

/// The whole command: finds the rule, opens the file. Exit status 2 if the configuration or the rule's name is
/// wrong, or it counts nothing.
int run_detect(const DetectOptions& options);

}  // namespace tapewatch
