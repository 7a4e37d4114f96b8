#include "daemon/pipeline/output/output_start.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tapewatch {
namespace {

/// The oldest event that could still be published: after the newest one where none is kept.
std::int64_t oldest_kept_event(const OutputFacts& facts) { return facts.oldest > 0 ? facts.oldest : facts.newest + 1; }

bool is_same_event(const OutputFacts& facts) {
  return facts.written_at && storage::to_ms(*facts.written_at) == facts.brokers->written_at;
}

/// The database has dropped events beyond its position, so that this one was, too, where it is the same database.
bool was_dropped(const OutputFacts& facts) {
  return facts.brokers->event > facts.database && facts.brokers->event < oldest_kept_event(facts) &&
         facts.database + 1 < oldest_kept_event(facts);
}

}  // namespace

OutputStartDecision decide_output_start(const OutputFacts& facts) {
  OutputStartDecision decision;
  decision.after = std::min(facts.database, facts.newest);
  if (facts.brokers) {
    if (is_same_event(facts) || was_dropped(facts)) {
      decision.after = std::max(decision.after, facts.brokers->event);
    } else if (facts.brokers->event >= oldest_kept_event(facts)) {
      decision.warning = fmt::format(
          "event {} of the topic is not the database's: a backup was restored, or another database published there; "
          "goes on after event {}",
          facts.brokers->event, decision.after);
    }
  }
  return decision;
}

}  // namespace tapewatch
