#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/train/data/corpus.hpp"
#include "model/train/train_options.hpp"

namespace tapewatch::model::train {

/// The texts of a run.
struct RunData {
  std::vector<TrainingText> train, valid;  // train: the unlabelled ones last
  std::size_t labelled = 0;                // of train
  std::vector<TopicName> topics;
  std::vector<std::string> events;        // risk events, sorted; none: no row says any
  std::vector<std::string> entity_names;  // of the training texts, each once, sorted

  bool has_entities() const { return !entity_names.empty(); }
};

/// The ids of a task's classes, in the order of its logits.
std::vector<std::string> class_names(Task task, const RunData& data);

/// Refuses if more than the share `limit` of the rows is bad (std::runtime_error), else logs which rows are left out
/// and why; `what`: "training", ….
void report_rows(const RawCorpus& raw, const BadRows& bad, const Corpus& corpus, double limit, std::string_view what,
                 const std::function<void(const std::string&)>& log);

/// Reads and joins the files. Throws std::runtime_error if there is nothing to train on or too many rows are bad.
RunData read_run_data(const TrainOptions& options, const std::function<void(const std::string&)>& log);

}  // namespace tapewatch::model::train
