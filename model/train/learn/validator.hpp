#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/train/data/review.hpp"
#include "model/train/data/run_data.hpp"
#include "model/train/learn/validation.hpp"

namespace tapewatch::model {
class Tokenizer;
}

namespace tapewatch::model::train {

/// The results of one validation. Validator::review fills `reviews`, for the epochs that need it.
struct ValidationResult {
  std::vector<SourceScore> scores;                  // texts as the file has them
  std::vector<SourceScore> cleaned;                 // texts as headlines (clean_headline)
  std::vector<std::pair<Task, ScoredRows>> scored;  // of the texts as the file has them
  std::vector<TaskReview> reviews;
  double mean_accuracy =
      0.0;           // mean over sentiment, topic and entity on the sources trained on; epochs are compared by it
  bool any = false;  // whether any source trained on occurred
};

/// Scores a network on the validation texts, encoded once. Memory: the texts and their logits.
class Validator {
 public:
  Validator(const TrainOptions& options, const RunData& data, const Tokenizer& tokenizer);

  ValidationResult operator()(const Network& network) const;
  void review(ValidationResult& result) const;

 private:
  const TrainOptions& options_;
  const std::vector<TrainingText>& texts_;
  const RunData& data_;
  std::vector<EncodedRow> raw_, clean_;
  std::vector<std::size_t> all_, changed_;  // by cleaning
};

/// Lines for the log, and the rows of validation.tsv in options.out.
void report_validation(const ValidationResult& result, std::int64_t epoch, const TrainOptions& options,
                       const std::function<void(const std::string&)>& log);

}  // namespace tapewatch::model::train
