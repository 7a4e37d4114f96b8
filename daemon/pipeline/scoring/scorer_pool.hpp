#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/scoring/scorer.hpp"

namespace tapewatch {

/// Scorers for requests, one per running request: each has buffers of some megabytes, so they are kept. They share the
/// model and the scores of texts that come again with the workers, and do not delay them. Any thread.
class ScorerPool {
 public:
  using Finder = std::shared_ptr<const ingest::EntityFinder>;
  /// The current watch list: a reload replaces it. Null: nothing is watched.
  using PresentFinder = std::function<Finder()>;

  ScorerPool(std::shared_ptr<const model::ModelPackage> model, model::ClassifierOptions options, model::Prior prior,
             PresentFinder finder);

  /// A scorer for the current watch list; returns to the pool when released. The pool must outlive it.
  class Lease {
   public:
    Lease(ScorerPool& pool, std::unique_ptr<Scorer> scorer, Finder finder)
        : pool_(pool), scorer_(std::move(scorer)), finder_(std::move(finder)) {}
    ~Lease() { pool_.give_back(std::move(scorer_), finder_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Scorer& scorer() { return *scorer_; }

   private:
    ScorerPool& pool_;
    std::unique_ptr<Scorer> scorer_;
    Finder finder_;
  };
  Lease take();

  const model::Prior& prior() const { return prior_; }
  const std::shared_ptr<model::LogitCache>& cache() const { return cache_; }

 private:
  void give_back(std::unique_ptr<Scorer> scorer, const Finder& finder);

  const std::shared_ptr<const model::ModelPackage> model_;
  const model::ClassifierOptions options_;
  const model::Prior prior_;
  const PresentFinder present_finder_;
  const std::shared_ptr<model::LogitCache> cache_;
  Mutex mutex_;
  Finder finder_ GUARDED_BY(mutex_);  // of the free ones
  std::vector<std::unique_ptr<Scorer>> free_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
