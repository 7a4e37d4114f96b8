// Tested by tests/daemon/pipeline/writing/reconfiguration_test.cpp
// How an Applier takes over another configuration.
#include <utility>

#include "daemon/pipeline/writing/applier.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "daemon/pipeline/writing/rule_prints.hpp"
#include "storage/incident/run_log.hpp"

namespace tapewatch {

constexpr std::size_t kCatchUpPage = 1'000;  // rows of history in memory at a time

std::vector<alerts::Transition> Applier::reconfigure(ApplierConfiguration next, DetectorRebuild& rebuild,
                                                     TimePoint now) {
  save(*detector_);
  const auto before = options_.rules;
  configure(std::move(next));
  note_rule_change(before, now);
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
  if (!needs_refit()) incidents_.close(storage::IncidentKind::model_changed, moment(now));
  return ended;
}

/// Rules that begin anew have learned from the stored history before they take over: the change is a moment.
void Applier::note_rule_change(const std::vector<alerts::RuleOptions>& before, TimePoint now) {
  const RulePrints prints = rule_prints(options_.rules);
  const std::string change = rule_change(rule_prints(before), prints);
  if (change.empty()) return;
  const TimePoint at = moment(now);
  incidents_.note(storage::IncidentKind::rules_changed, {"", at, at, std::nullopt, change}, at);
  storage::RunLog(connection_).set_rules(prints);
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
