// Tested by tests/daemon/pipeline/scoring/scorer_test.cpp
#include "daemon/pipeline/scoring/scorer_factory.hpp"

#include <utility>

namespace tapewatch {

ScorerFactory::ScorerFactory(std::shared_ptr<const model::ModelPackage> model, model::ClassifierOptions options,
                             model::Prior prior, PresentFinder finder)
    : options_(std::move(options)),
      present_finder_(finder ? std::move(finder)
                             : [none = std::make_shared<const ingest::EntityFinder>()] { return none; }),
      scheduler_(std::move(model),
                 {.max_windows = options_.max_windows,
                  .prior = std::move(prior),
                  .cache = std::make_shared<model::LogitCache>(options_.cache_bytes)},
                 {.threads = options_.threads}),
      names_(std::make_shared<const ModelNames>(model_names(*scheduler_.package(), scheduler_.prior()))) {}

Scorer ScorerFactory::make(Lane lane) { return Scorer(scheduler_, lane, present_finder_(), options_, names_); }

}  // namespace tapewatch
