#pragma once

#include <string>
#include <vector>

#include "model/package/model_package.hpp"
#include "model/rules.hpp"

namespace tapewatch {

/// The names of a model and its topics for people. The names of the classes: model::to_string(Sentiment).
struct ModelNames {
  std::string version;              ///< with the rules beside the model
  std::vector<std::string> topics;  ///< ids, in the order of Prediction::topics
  model::FormerTopics former_topics = {};
  std::vector<std::string> events = {};  ///< of risks, ids in the order of RiskScore::event(); none: it tells none
};

ModelNames model_names(const model::ModelPackage& model, const model::Prior& prior = {});

}  // namespace tapewatch
