#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "model/train/data/corpus.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// A file of soft labels is JSON lines, the first about the teacher, then one per text: {"text": key, "sentiment":
/// [logits], "topic": [logits], "entities": {name: [logits]}}, each part only if the teacher learned the task.
inline constexpr std::string_view kSoftLabelFormat = "tapewatch soft labels 1";
/// Texts are identified by their XXH3-128 in hex, so that the file contains no text.
std::string text_key(std::string_view text);

/// The teachers' result for one text: probabilities at the distillation temperature; empty: none.
struct SoftText {
  std::vector<float> sentiment, topic;
  std::vector<std::vector<float>> entities;  // in the order of TrainingText::entities; or empty
};

/// The same for one step, zeros for texts without a teacher. Not defined: no teacher at all.
struct SoftBatch {
  torch::Tensor sentiment;  // [rows, sentiments]
  torch::Tensor topic;      // [rows, topics]
  torch::Tensor entity;     // [entities, sentiments]
};

/// The soft labels of a run's texts, averaged over the teachers that cover a text and task (Hinton et al. 2015).
class SoftLabels {
 public:
  SoftLabels() = default;
  /// `temperature` softens the logits before they are averaged. Throws std::runtime_error that names file and line.
  SoftLabels(const std::vector<std::string>& files, const std::vector<TrainingText>& texts,
             std::span<const TopicName> topics, double temperature);

  bool empty() const { return texts_.empty(); }
  /// Whether at least one teacher covers the text.
  bool covers(std::size_t text) const;
  /// Texts that at least one teacher covers.
  std::size_t covered() const;
  SoftBatch batch(std::span<const std::size_t> chosen) const;
  const std::vector<SoftText>& texts() const { return texts_; }
  /// "name sha256" of every teacher, for the model card.
  const std::vector<std::string>& teachers() const { return teachers_; }

 private:
  void read(const std::string& path, const std::vector<TrainingText>& texts, std::span<const TopicName> topics,
            double temperature);

  std::vector<SoftText> texts_;
  std::vector<std::size_t> entities_;  // of each text
  std::size_t topics_ = 0;
  std::vector<std::string> teachers_;
};

}  // namespace tapewatch::model::train
