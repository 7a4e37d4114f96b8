#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tapewatch::model::train {

/// A text and its language's tag.
struct LanguageRow {
  std::string language, text;
};

struct LanguageTrainingOptions {
  std::size_t buckets = 16384;  // weights of a language
  std::size_t epochs = 6;
  double rate = 0.1;          // AdaGrad's
  double decay = 1e-6;        // of weights that a row touches, L2
  double cased_share = 0.3;   // of the rows of an epoch are read in Title Case or CAPITALS
  std::string common = "en";  // together its rows weigh as much as all others
  std::size_t held_out = 10;  // each such row of a language measures the model instead of teaching it
  std::uint64_t seed = 1;
};

/// How many held-out rows are on the wrong side of a margin (LanguageRecogniser::foreign).
struct LanguageErrors {
  float margin = 0;
  double refused = 0;  // share of the common language's rows
  double passed = 0;   // share of the others'
};

struct TrainedLanguages {
  std::string file;  // bytes of the recogniser's safetensors file
  std::vector<LanguageErrors> errors;
};

/// Softmax regression on LanguageFeatures by AdaGrad (Duchi et al. 2011), rounded to 8 bits for each language. The same
/// rows and options give the same file. `progress` is told of each epoch. Throws ModelError without rows of the common
/// language and of another.
TrainedLanguages train_languages(std::span<const LanguageRow> rows, const LanguageTrainingOptions& options,
                                 const std::function<void(const std::string&)>& progress);

}  // namespace tapewatch::model::train
