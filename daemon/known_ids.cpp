// Tested by tests/daemon/api/backtest_api_test.cpp
#include "daemon/known_ids.hpp"

#include <set>

namespace tapewatch {

config::KnownIds known_ids(const model::ModelPackage& model, const ingest::EntityFinder& finder) {
  config::KnownIds known;
  for (const auto& topic : model.topics()) known.topics.push_back(topic.id);
  known.former_topics = model.config().former_topics;
  known.events = model.config().events;
  std::set<std::string> tags;
  for (const auto& entity : finder.entities()) {
    known.entities.push_back(entity.id);
    tags.insert(entity.tags.begin(), entity.tags.end());
  }
  known.tags.assign(tags.begin(), tags.end());
  return known;
}

}  // namespace tapewatch
