#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace tapewatch {

struct ModelImportOptions {
  std::string from, to;
  std::string name;                 // of the model; empty: the folder's
  std::vector<std::string> labels;  // LABEL=positive|neutral|negative
  bool without_neutral = false;
  bool cased = false, uncased = false;
  std::size_t max_tokens = 0;  // 0: the model's own
};

/// `tapewatch model import`: makes a model directory of ours out of a published classifier's and says what it is. Exit
/// status 0; 1 with a message where it cannot be; 2 for options that contradict each other or cannot be read.
int run_model_import(const ModelImportOptions& options);
int run_model_import(const ModelImportOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
