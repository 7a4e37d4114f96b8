#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tapewatch::model {

/// `[model]` of the configuration.
struct ClassifierOptions {
  std::string path = "builtin";                 // or a model directory
  unsigned threads = 0;                         // inference workers; 0: one per core
  std::vector<std::string> languages = {"en"};  // what the model reads; other languages are stored unscored
  double abstain_below = 0.0;                   // a confidence below it is `abstained`
  std::size_t max_batch = 32;                   // texts a worker takes at once
};

}  // namespace tapewatch::model
