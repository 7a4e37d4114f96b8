// Tested by tests/daemon/commands/score_command_test.cpp
#include "daemon/pipeline/scoring/scorer_pool.hpp"

namespace tapewatch {

ScorerPool::ScorerPool(std::shared_ptr<const model::ModelPackage> model, model::ClassifierOptions options,
                       model::Prior prior, PresentFinder finder)
    : model_(std::move(model)),
      options_(std::move(options)),
      prior_(std::move(prior)),
      present_finder_(finder ? std::move(finder)
                             : [none = std::make_shared<const ingest::EntityFinder>()] { return none; }),
      cache_(std::make_shared<model::LogitCache>(options_.cache_bytes)) {}

ScorerPool::Lease ScorerPool::take() {
  auto finder = present_finder_();
  std::unique_ptr<Scorer> scorer;
  {
    const MutexLock lock(mutex_);
    if (finder != finder_) {  // the watch list was reloaded
      free_.clear();
      finder_ = finder;
    }
    if (!free_.empty()) {
      scorer = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (!scorer) scorer = std::make_unique<Scorer>(model_, finder, options_, prior_, cache_);
  return Lease(*this, std::move(scorer), std::move(finder));
}

void ScorerPool::give_back(std::unique_ptr<Scorer> scorer, const Finder& finder) {
  const MutexLock lock(mutex_);
  if (finder == finder_) free_.push_back(std::move(scorer));
}

}  // namespace tapewatch
