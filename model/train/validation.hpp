#pragma once
#include <string>
#include <vector>

#include "model/train/batches.hpp"
#include "model/train/network.hpp"

namespace tapewatch::model {
class Tokenizer;
}

namespace tapewatch::model::train {

enum class Task { sentiment, topic };

/// What a classifier got right on the rows of one source.
struct SourceScore {
  Task task = Task::sentiment;
  std::string source;
  std::int64_t rows = 0;
  double accuracy = 0.0;
  double macro_f1 = 0.0;  // over the classes that occur in the rows
  double loss = 0.0;      // mean cross entropy, nats, uncalibrated
};

/// A labelled file ready to be scored: its logits are kept for calibration.
struct ScoredRows {
  torch::Tensor logits;  // [rows, classes]
  torch::Tensor labels;  // [rows]
  std::vector<std::string> sources;
};

ScoredRows score_rows(const Network& network, const std::vector<LabelledRow>& rows,
                      const std::vector<EncodedRow>& encoded, Task task, std::int64_t batch);
/// One entry a source, in order of name.
std::vector<SourceScore> by_source(const ScoredRows& scored, Task task);

/// The temperature that minimises the mean cross entropy of softmax(logits / t) on the rows of `sources` (Guo et al.
/// 2017), within [0.25, 4]; 1 where there is no row.
double fit_temperature(const ScoredRows& scored, const std::vector<std::string>& sources);

}  // namespace tapewatch::model::train
