// Tested by tests/daemon/pipeline/scoring/scorer_test.cpp
#include "daemon/pipeline/scoring/model_names.hpp"

namespace tapewatch {

ModelNames model_names(const model::ModelPackage& model, const model::Prior& prior) {
  ModelNames names{
      model::version_with(model.version(), prior), {}, model.config().former_topics, model.config().events};
  for (const auto& topic : model.topics()) names.topics.push_back(topic.id);
  return names;
}

}  // namespace tapewatch
