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
  auto detector = std::make_unique<alerts::TrendDetector>(options_.rules, options_.detector);
  detector->restore(to_series_states(states_.load_all()));
  if (!rebuild.fits(connection_, detector->unfitted())) {
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
