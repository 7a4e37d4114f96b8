#include "daemon/pipeline/backtest/rule_comparison.hpp"

namespace tapewatch {

void RuleComparison::observe(const Scored& record, const Applied& applied) {
  now_.add(applied.transitions);
  if (applied.addition) before_.add(old_detector_.add(*applied.addition));
  if (applied.retraction) before_.add(old_detector_.remove(*applied.retraction));
  if (applied.turned) before_.add(old_detector_.revise(*applied.turned));
  if (!applied.row) return;
  if (applied.inserted.outcome != storage::Outcome::inserted) return;  // as in the applier
  before_.add(old_detector_.observe(
      to_observation(to_sequence_row(*applied.row, applied.inserted), tags_by_entity(record.entities))));
}

void RuleComparison::tick(std::int64_t seq, TimePoint at, const std::vector<alerts::Transition>& transitions) {
  now_.add(transitions);
  before_.add(old_detector_.tick(seq, at));
}

}  // namespace tapewatch
