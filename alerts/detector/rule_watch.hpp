#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/detector/alert_state.hpp"
#include "alerts/detector/baseline.hpp"
#include "alerts/detector/recent_stories.hpp"
#include "alerts/detector/story_log.hpp"
#include "alerts/detector/trend_detector.hpp"
#include "alerts/rules/selection.hpp"

namespace tapewatch::alerts {

/// One series of a rule: its stories, its baseline, its alert.
struct Series {
  std::map<std::string, std::string> key;
  std::string display;
  std::string model_version;
  std::int64_t first_hour = 0;   ///< of its first document: learned from there
  std::int64_t last_minute = 0;  ///< of its last document
  StoryLog stories;
  RecentStories recent;
  SeriesBaseline baseline;
  Episode episode;
};

/// Everything about one rule. TrendDetector hands it each row and tick; see there for the guarantees.
class RuleWatch {
 public:
  RuleWatch(RuleOptions, const DetectorOptions&);

  /// Moves T on: closes hours, ends what is over. To be called before the row that carries the time.
  void advance(TimePoint now, std::vector<Transition>& out);
  void observe(const Observation&, std::vector<Transition>& out);

  void take_dirty(std::vector<SeriesState>& out);
  /// The rule's stored parts. Those of a rule that looked at something else are discarded. The open alerts of one that
  /// was defined otherwise end at the next step.
  void restore(const std::map<std::string_view, std::string_view>& parts);
  std::optional<UnfittedRule::Why> unfitted() const;

  std::optional<SeriesReading> read(const std::map<std::string, std::string>& key,
                                    std::chrono::milliseconds window) const;
  /// For the stored parts of a rule that is gone: its open alerts end at the next step, the parts are deleted with it.
  void end_orphans(const std::map<std::string_view, std::string_view>& parts);
  /// The ends that restore() left to be told.
  void tell_ended(std::vector<Transition>& out);
  /// Ends what is open without a word.
  void abandon_open();

  const RuleOptions& options() const { return rule_; }
  TimePoint now() const { return now_; }
  void add_counters(DetectorCounters&) const;

 private:
  using Entry = std::map<std::string, Series>::value_type;
  struct Dirty {
    bool head = false;
    bool season = false;
    bool recent = false;
  };
  struct Told {  // what alerts said of their rule
    std::string severity;
    std::string runbook_url;
    std::map<std::string, std::string> labels;
  };
  struct Gap {  // hours not watched, inclusive
    std::int64_t from;
    std::int64_t to;
  };

  Entry* find_or_add(const Membership&, std::int64_t minute);
  void vote(Entry&, const Membership&, const Observation&, std::vector<Transition>& out);
  void amend(Entry&, std::int64_t minute);
  void judge(Entry&, std::int64_t minute, const Observation&, std::vector<Transition>& out);
  void raise_late(Entry&, const Reading&, const Observation&, std::vector<Transition>& out);

  Reading read_window(const Series&, std::size_t window, std::int64_t end, bool exact = false) const;
  std::optional<Reading> strongest_alarm(const Series&, std::int64_t first_end, std::int64_t last_end) const;
  bool calm(const Series&, std::int64_t minute) const;
  bool warm() const;

  void step_open(std::int64_t minute, std::vector<Transition>& out);
  void step(Entry&, std::int64_t minute, TimePoint now, std::vector<Transition>& out);
  void learn_hours(std::int64_t before);
  void learn_hour(std::int64_t hour);
  void forget_old();

  Transition describe(const Entry&, const Reading&, std::int64_t from, std::int64_t to) const;
  Transition transition(const Entry&, Step, TimePoint now) const;

  std::string hour_part(const std::string& key, std::int64_t hour) const;
  std::vector<std::string> part_keys(const std::string& key, Series&) const;
  Transition reconfigured(const Entry&, const Told&, TimePoint at) const;
  std::string fingerprint() const;
  std::string definition() const;
  std::string save_head() const;
  void load_head(BlobReader&);
  std::string save_series(const Series&) const;
  void load_series(BlobReader&, Series&) const;

  RuleOptions rule_;
  const DetectorOptions options_;
  std::vector<int> windows_;  // minutes, ascending
  std::map<std::string, Series> series_;
  std::set<std::string> open_;  // series with an open episode
  SharedBaseline shared_;

  TimePoint now_{};
  bool started_ = false;
  TimePoint first_{};
  std::int64_t next_hour_ = 0;  // the first hour not learned
  std::vector<Gap> gaps_;
  TimePoint quiet_until_{};  // nothing fires up to here: alerts that ended without a verdict may have begun there

  bool head_dirty_ = false;
  bool shared_dirty_ = false;
  std::map<std::string, Dirty> dirty_;
  std::set<std::string> removed_;               // stored parts that are to be deleted
  std::optional<UnfittedRule::Why> discarded_;  // why the stored state was
  std::optional<Told> redefined_;               // the open alerts end at the next step, in the words they were told
  std::vector<Transition> orphans_;             // alerts of a discarded state, ended at the next step
  std::set<std::string> orphan_parts_;          // its stored parts, deleted with that step
  DetectorCounters counted_;
};

}  // namespace tapewatch::alerts
