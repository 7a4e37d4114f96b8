// Tested by tests/alerts/detector/removal_test.cpp
// What a RuleWatch does when a document is taken back.
#include <algorithm>
#include <utility>

#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/negative_binomial.hpp"
#include "alerts/detector/rule_watch.hpp"

namespace tapewatch::alerts {

/// What a series loses with a document.
struct RuleWatch::Loss {
  const Observation* document = nullptr;
  StoryLog::Known known;  ///< the story as it was
  bool vote = false;      ///< the document gave the story's vote in the series
  Vote given;
  const Observation* heir = nullptr;  ///< of the documents that are left there, the one that came into it first
  Vote inherited;
  bool turned = false;  ///< one of those that are left says the opposite of the earliest, or of what it said itself

  bool passes() const { return heir != nullptr && inherited.counted; }
};

void RuleWatch::remove(const Retraction& gone, std::vector<Transition>& out) {
  if (!started_) return;
  for (const Membership& member : memberships(rule_, gone.document)) {
    const auto found = series_.find(key_json(member.key));
    if (found == series_.end()) continue;
    Entry& entry = *found;
    const auto lost = loss(member, gone);
    if (!lost) {  // remembered for its title alone, if at all
      if (entry.second.recent.take_text(story_of(gone.document), gone.document, options_)) dirty_.insert(entry.first);
      continue;
    }
    dirty_.insert(entry.first);
    head_dirty_ = shared_dirty_ = true;
    if (lost->vote) {
      take_vote(entry, *lost, gone);
    } else {
      entry.second.stories.take_document(story_of(gone.document));
      if (lost->known.counted) entry.second.recent.take_document(story_of(gone.document), lost->turned);
    }
    if (rule_.measure == Measure::story) {
      take_story(entry, *lost, out);
    } else {
      take_from_episode(entry, *lost, out);
    }
  }
}

/// Nothing where the series does not remember the story.
std::optional<RuleWatch::Loss> RuleWatch::loss(const Membership& member, const Retraction& gone) const {
  const auto series = series_.find(key_json(member.key));
  if (series == series_.end()) return std::nullopt;
  const auto known = series->second.stories.find(story_of(gone.document));
  if (!known) return std::nullopt;
  Loss lost{.document = &gone.document, .known = *known};
  lost.vote = known->minute == minute_of(gone.document.at);
  lost.given = {known->counted, vote_of(rule_, member).value};
  const std::int64_t oldest = hour_of(now_) - options_.story_memory.count();
  std::int64_t heir_since = INT64_MAX, earliest = INT64_MAX;
  bool earliest_turned = false;
  for (const Observation& other : gone.others) {
    for (const Membership& its : memberships(rule_, other)) {
      if (its.key != member.key) continue;
      if (its.since < member.since) lost.vote = false;
      const bool turned = its.since < earliest ? std::exchange(earliest_turned, other.turned) : other.turned;
      earliest = std::min(earliest, its.since);
      lost.turned = lost.turned || turned || other.revoked;
      if (its.since < heir_since && hour_of(other.at) >= oldest) {
        heir_since = its.since;
        lost.heir = &other;
        lost.inherited = vote_of(rule_, its);
      }
    }
  }
  return lost;
}

void RuleWatch::take_vote(Entry& entry, const Loss& lost, const Retraction& gone) {
  Series& series = entry.second;
  const std::int64_t story = story_of(gone.document);
  std::optional<StoryLog::Heir> heir;
  if (lost.heir != nullptr) heir = StoryLog::Heir{minute_of(lost.heir->at), lost.inherited.counted};
  series.stories.take_vote(story, heir);
  const std::int64_t from = ms_of(gone.document.at), to = heir ? ms_of(lost.heir->at) : 0;
  if (lost.given.counted) {
    if (counts()) engine_.take_back(series.surge, from);
    if (rule_.measure == Measure::mean_sentiment) means_.take_back(series.mean.own(), from, lost.given.value);
    if (!lost.passes()) series.recent.take_first(story);
  }
  if (!lost.passes()) return;
  if (counts()) engine_.put_back(series.surge, to);
  if (rule_.measure == Measure::mean_sentiment) means_.put_back(series.mean.own(), to, lost.inherited.value);
  if (rule_.measure == Measure::story || rule_.measure == Measure::no_data) return;
  if (lost.given.counted) {
    series.recent.pass(story, {*lost.heir, lost.inherited, lost.turned}, options_);
  } else {
    const std::int64_t episode_from = series.episode.open() ? series.episode.from() : INT64_MAX;
    series.recent.add(story, heir->minute, *lost.heir, lost.inherited, episode_from, options_);
    if (lost.turned) series.recent.turn(story);
  }
}

/// An open alert is told without the document; one that has nothing left is over.
void RuleWatch::take_from_episode(Entry& entry, const Loss& lost, std::vector<Transition>& out) {
  Series& series = entry.second;
  if (!series.episode.open() || rule_.measure == Measure::no_data) return;
  const std::uint64_t left = std::max<std::uint64_t>(lost.known.documents, 1) - 1;
  bool touched = false;
  if (lost.known.counted) {
    const bool gone = lost.vote;
    touched = series.episode.discount(lost.known.minute, gone ? lost.known.documents : 1, gone ? 1 : 0);
    if (gone && touched) weaken(series, lost, -1);
  }
  if (lost.vote && lost.passes() && series.episode.recount(minute_of(lost.heir->at), left)) {
    touched = true;
    weaken(series, lost, 1);
  }
  if (!touched) return;
  if (series.episode.tally().stories == 0) {
    close(entry, series.episode.withdraw(now_), now_, out);
  } else if (const Step step = series.episode.correct(now_); step != Step::none) {
    tell(entry, step, now_, out);
  }
}

/// The strongest window of an alert without a story (`stories` -1), or with one in its place (1).
void RuleWatch::weaken(Series& series, const Loss& lost, int stories) const {
  Reading peak = series.episode.peak();
  const std::int64_t minute = stories < 0 ? lost.known.minute : minute_of(lost.heir->at);
  if (minute < peak.from || minute > peak.to) return;
  const auto before = static_cast<double>(peak.observed);
  if (stories < 0 && peak.observed == 0) return;
  peak.observed = stories < 0 ? peak.observed - 1 : peak.observed + 1;
  const auto observed = static_cast<double>(peak.observed);
  if (rule_.measure == Measure::mean_sentiment) {
    const double value = stories < 0 ? lost.given.value : lost.inherited.value;
    peak.ratio = observed > 0.0 ? (peak.ratio * before + stories * value) / observed : 0.0;
  } else {
    peak.p_value = std::min(1.0, exponential(log_upper_tail({peak.expected, peak.ratio}, observed)));
  }
  series.episode.correct_peak(peak);
}

/// The entry of a grave story beside its series.
void RuleWatch::take_story(const Entry& series, const Loss& lost, std::vector<Transition>& out) {
  const std::int64_t story = story_of(*lost.document);
  const auto found = series_.find(story_entry(series.first, story));
  if (found == series_.end() || !lost.known.counted) return;
  Entry& told = *found;
  dirty_.insert(told.first);
  if (lost.vote && !lost.passes()) {
    told.second.recent.take_first(story);
    if (told.second.episode.open()) close(told, told.second.episode.withdraw(now_), now_, out);
    return;
  }
  if (lost.vote) {
    told.second.recent.pass(story, {*lost.heir, lost.inherited, lost.turned}, options_);
  } else {
    told.second.recent.take_document(story, lost.turned);
  }
  if (!told.second.episode.discount(lost.known.minute, 1, 0)) return;
  if (const Step step = told.second.episode.correct(now_); step != Step::none) tell(told, step, now_, out);
}

}  // namespace tapewatch::alerts
