#pragma once

#include <functional>
#include <memory>

#include "daemon/pipeline/scoring/scorer.hpp"

namespace tapewatch {

/// Makes scorers over the one scheduler of the process: of news, and of each request. Any thread.
class ScorerFactory {
 public:
  using Finder = std::shared_ptr<const ingest::EntityFinder>;
  /// The current watch list: a reload replaces it. Null: nothing is watched.
  using PresentFinder = std::function<Finder()>;

  /// The scheduler has a cache of `options.cache_bytes`.
  ScorerFactory(std::shared_ptr<const model::ModelPackage> model, model::ClassifierOptions options, model::Prior prior,
                PresentFinder finder);

  /// For the current watch list; the factory must outlive it.
  Scorer make(Lane lane);

  std::size_t threads() const { return scheduler_.threads(); }
  const model::Prior& prior() const { return scheduler_.prior(); }
  const ModelNames& names() const { return *names_; }
  model::LogitCache& cache() const { return *scheduler_.cache(); }

 private:
  const model::ClassifierOptions options_;
  const PresentFinder present_finder_;
  Scheduler scheduler_;
  const std::shared_ptr<const ModelNames> names_;
};

}  // namespace tapewatch
