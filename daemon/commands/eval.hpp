#pragma once

#include <iosfwd>
#include <string>

#include "model/classifier_options.hpp"

namespace tapewatch {

/// `tapewatch eval`.
struct EvalOptions {
  std::string model = "builtin";
  std::string task;                // sentiment | topic | entity (sentiment towards the row's entity)
  std::string file;                // TSV with a header: label, text, optional source, entity
  model::RulesOptions rules = {};  // joined with what the network says of sentiment or topic
  bool fit_mixing = false;         // instead of the metrics: the mixing weight of the rules with the least loss
};

/// Prints the metrics as one JSON object. Exit status: 0, 1 (model or data cannot be used), 2 (wrong task).
int run_eval(const EvalOptions& options);
int run_eval(const EvalOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
