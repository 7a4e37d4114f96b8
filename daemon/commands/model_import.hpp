#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace tapewatch {

struct ModelImportOptions {
  std::string from, to;
  std::string name;                 // name of the model; empty: that of the folder
  std::vector<std::string> labels;  // LABEL=positive|neutral|negative
  bool without_neutral = false;
  bool cased = false, uncased = false;
  std::size_t max_tokens = 0;  // 0: the model's own
};

/// `tapewatch model import`: makes a tapewatch model directory from a published classifier and describes it. Exit
/// status 0; 1 with a message if that is impossible; 2 for contradictory or invalid options.
int run_model_import(const ModelImportOptions& options);
int run_model_import(const ModelImportOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
