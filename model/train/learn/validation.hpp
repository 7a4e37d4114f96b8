#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/train/data/batches.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// A classifier's results on the rows of one source.
struct SourceScore {
  Task task = Task::sentiment;
  std::string source;
  std::int64_t rows = 0;
  double accuracy = 0.0;
  double macro_f1 = 0.0;                               // over the classes that occur in the rows
  double loss = 0.0;                                   // mean cross entropy, nats, uncalibrated
  std::optional<double> squared_error = std::nullopt;  // mean, of P(positive) − P(negative); of sentiments only
};

/// A network's logits for a list of texts.
struct TextLogits {
  Logits all;                              // rows: texts; entities: those of all texts in turn
  std::vector<std::int64_t> first_entity;  // [texts + 1]: a text's entities begin there

  torch::Tensor of(Task task) const { return all.of(task); }
};
TextLogits empty_logits(const Network& network, const std::vector<EncodedRow>& rows);
/// Computes the rows `chosen` into `logits`, `batch` rows of similar length at a time.
void predict_rows(const Network& network, const std::vector<EncodedRow>& rows, std::vector<std::size_t> chosen,
                  std::int64_t batch, TextLogits& logits);

/// One task's labelled items with their logits.
struct ScoredRows {
  torch::Tensor logits;  // [items, classes]
  torch::Tensor labels;  // [items]
  std::vector<std::string> sources;
  std::vector<std::size_t> texts;     // of each item
  std::vector<std::size_t> entities;  // of each item: its index in the text; 0 for other tasks
  torch::Tensor scores = {};          // [items], in [-1, 1]; of sentiments only
};
ScoredRows scored_rows(const TextLogits& logits, const std::vector<TrainingText>& texts, Task task);

inline constexpr std::string_view kConflicting = " (conflicting)";
/// One entry per source, in order of name; for entities also one for texts that are good for one entity and bad for
/// another, named with kConflicting.
std::vector<SourceScore> by_source(const ScoredRows& scored, const std::vector<TrainingText>& texts, Task task);

}  // namespace tapewatch::model::train
