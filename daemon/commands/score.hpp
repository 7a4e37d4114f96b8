#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "model/classifier_options.hpp"

namespace tapewatch {

/// `tapewatch score`.
struct ScoreOptions {
  std::string model = "builtin";
  std::string precision = "int8";               // or fp32
  std::string kernels = "auto";                 // or an instruction set
  std::size_t threads = 0;                      // 0: one per core; the output does not depend on it
  std::vector<std::string> entities;            // names to score towards if a text contains them
  bool explain = false;                         // also the weight of each word: 30 times the cost
  model::RulesOptions rules;                    // phrases combined with the network's scores
  double neutral_bias = 0;                      // added to the log-odds of neutral
  std::string format = "ndjson";                // or "table"
  std::string file = "-";                       // "-": standard input
  std::vector<std::string> languages = {"en"};  // documents that name another are "unscored"
  std::size_t max_line_bytes = 4U << 20;        // a longer line is a bad line
  std::size_t batch = 256;                      // lines read ahead and scored together, for each thread
};

/// One text or NDJSON document per line in, one result per line out, in order; a bad line gives {"id","error"} in its
/// place. Exit status: 0, 1 (model, rules or file cannot be used), 2 (wrong option).
int run_score(const ScoreOptions& options);
/// `in` stands for standard input.
int run_score(const ScoreOptions& options, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
