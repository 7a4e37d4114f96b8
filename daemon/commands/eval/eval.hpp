#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "model/classifier_options.hpp"

namespace tapewatch {

/// `tapewatch eval`.
struct EvalOptions {
  std::string model = "builtin";
  std::string task;                       // sentiment | topic | entity (sentiment towards the row's entity)
  std::string file;                       // TSV with a header: label, text, optional source, entity
  model::RulesOptions rules = {};         // combined with the network's scores for sentiment or topic
  bool fit_mixing = false;                // instead of the metrics: the mixing weight of the rules with the lowest loss
  bool fit_neutral = false;               // instead: the bias of neutral with the lowest loss
  bool by_source = false;                 // with it: one for each source too
  double neutral_bias = 0;                // added to the log-odds of neutral
  std::vector<std::string> sources = {};  // only rows of these; empty: all
  std::size_t cross_fit = 0;              // instead of the metrics: calibration in this many folds; 0: off
  double abstain_below = 0;               // rows with less confidence are counted but not measured
  std::size_t bootstrap = 0;              // draws for the intervals of accuracy and macro-F1; 0: none
  std::string precision = "int8";         // or fp32
  std::string kernels = "auto";           // or an instruction set
  std::string against = {};               // fp32 or int8: the model in this precision too, and how far they agree
  std::string against_model = {};         // another model in its place; empty: the same
};

/// Prints the metrics as one JSON object. Exit status: 0, 1 (model or data cannot be used), 2 (wrong task).
int run_eval(const EvalOptions& options);
int run_eval(const EvalOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
