// Tested by tests/alerts/detector/revision_test.cpp
// What a RuleWatch does when a document says the opposite of what it said.
#include "alerts/detector/rule_watch.hpp"

namespace tapewatch::alerts {

void RuleWatch::revise(const Observation& document, std::vector<Transition>& out) {
  if (!started_) return;
  const std::int64_t story = story_of(document);
  for (const Membership& member : memberships(rule_, document)) {
    const std::string key = key_json(member.key);
    for (const std::string& entry : {key, story_entry(key, story)}) {
      if (const auto found = series_.find(entry); found != series_.end()) turn(*found, story, out);
    }
  }
}

void RuleWatch::turn(Entry& entry, std::int64_t story, std::vector<Transition>& out) {
  const auto minute = entry.second.recent.turn(story);
  if (!minute) return;
  dirty_.insert(entry.first);
  correct(entry, *minute, out);
}

/// A story with its vote at `minute` was corrected: an alert that is about it says so at once.
void RuleWatch::correct(Entry& entry, std::int64_t minute, std::vector<Transition>& out) {
  Episode& episode = entry.second.episode;
  if (!episode.open() || minute < episode.from()) return;
  if (const Step step = episode.correct(now_); step != Step::none) tell(entry, step, now_, out);
}

}  // namespace tapewatch::alerts
