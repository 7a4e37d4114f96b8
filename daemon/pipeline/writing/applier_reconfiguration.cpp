// Tested by tests/daemon/pipeline/writing/reconfiguration_test.cpp
// How an Applier takes over another configuration.
#include <utility>

#include "daemon/pipeline/writing/applier.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"

namespace tapewatch {

constexpr std::size_t kCatchUpPage = 1'000;  // rows of history in memory at a time

std::vector<alerts::Transition> Applier::reconfigure(ApplierConfiguration next, DetectorRebuild& rebuild,
                                                     TimePoint now) {
  save(*detector_);
  configure(std::move(next));
  learned_.model_version =
      learned_from(to_series_states(states_.load_all()), options_.rules, storage::SequenceReader(connection_))
          .value_or(options_.detector.model_version);
  return begin_anew(rebuild, now);
}

std::vector<alerts::Transition> Applier::refit(DetectorRebuild& rebuild, TimePoint now) {
  save(*detector_);
  learned_.model_version = options_.detector.model_version;
  if (alerts::TrendDetector(options_.rules, learned_).definition() != rebuild.detector().definition()) {
    throw StaleRebuild("the rules have changed");
  }
  return begin_anew(rebuild, now);
}

std::vector<alerts::Transition> Applier::begin_anew(DetectorRebuild& rebuild, TimePoint now) {
  auto detector = std::make_unique<alerts::TrendDetector>(options_.rules, learned_);
  detector->restore(to_series_states(states_.load_all()));
  if (!rebuild.fits(connection_, detector->unfitted(), learned_.model_version)) {
    throw StaleRebuild("the rules that begin from nothing are others by now");
  }
  detector_ = std::move(detector);
  rebuild.read(connection_, kCatchUpPage);
  auto ended = adopt(rebuild.detector(), rebuild.conclude(detector_->carried_alerts()), now);
  reload();
  return ended;
}

ApplierConfiguration Applier::configuration() const {
  return {options_.rules, options_.webhooks, options_.config_version, tags_};
}

void Applier::configure(ApplierConfiguration configuration) {
  options_.rules = std::move(configuration.rules);
  options_.webhooks = std::move(configuration.webhooks);
  options_.config_version = std::move(configuration.version);
  tags_ = std::move(configuration.tags);
}

}  // namespace tapewatch
