#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tapewatch::model {

/// `[model.rules]`: the user's prior knowledge, combined with the network's scores.
struct RulesOptions {
  std::string file;            // phrases with a class and a weight (rules.hpp); empty: none
  double mixing_weight = 1.0;  // weight of the rules beside the network; 0: no effect, though the file is read
};

/// `[[model.source]]`: how one source is read.
struct SourceReading {
  std::string name;
  double neutral_bias = 0.0;  // in place of the one for all
};

/// `[model]` of the configuration.
struct ClassifierOptions {
  std::string path = "builtin";                 // or a model directory
  std::string precision = "int8";               // of the encoder's products: int8 or fp32 (engine.hpp)
  std::string kernels = "auto";                 // the instruction set: auto, or one by its name
  unsigned threads = 0;                         // inference workers; 0: one per core
  std::vector<std::string> languages = {"en"};  // what the model reads; other languages are stored unscored
  double abstain_below = 0.0;                   // a score with less confidence is `abstained`
  std::size_t max_batch = 32;                   // texts a worker takes at once
  std::size_t max_windows = 8;                  // overlapping windows that a long text is read in
  std::size_t cache_bytes = 8 * 1024 * 1024;    // of scores of texts that may come again, LogitCache; 0: none
  RulesOptions rules;
  double neutral_bias = 0.0;           // added to the log-odds of neutral: where neutral begins for this desk
  std::vector<SourceReading> sources;  // that differ from it
};

}  // namespace tapewatch::model
