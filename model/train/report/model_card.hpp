#pragma once
#include <boost/json/value.hpp>

#include "model/train/data/review.hpp"
#include "model/train/learn/validation.hpp"
#include "model/train/model_directory.hpp"
#include "model/train/train_options.hpp"

namespace tapewatch::model::train {

/// The single topic of a model that learned none: the daemon needs a topic for every text.
inline const TopicName kNoTopics{"news", "News"};

/// The content of a model's config.json.
struct ModelCard {
  const TrainOptions& options;
  const NetworkShape& shape;
  const std::vector<TopicName>& topics;
  const std::vector<std::string>& events;
  const PublishedEncoder& encoder;
  const std::vector<TrainingText>& texts;    // trained on
  const std::vector<std::string>& teachers;  // SoftLabels::teachers
  const std::vector<SourceScore>& scores;    // validation texts as the file has them
  const std::vector<SourceScore>& cleaned;   // validation texts as headlines (clean_headline)
  const std::vector<TaskReview>& reviews;
  std::int64_t epoch = 0;  // from 1
};
boost::json::value model_card(const ModelCard& card);

}  // namespace tapewatch::model::train
