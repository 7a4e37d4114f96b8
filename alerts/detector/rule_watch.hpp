#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/detector/alert_state.hpp"
#include "alerts/detector/gap_watch.hpp"
#include "alerts/detector/mean_scan.hpp"
#include "alerts/detector/rare.hpp"
#include "alerts/detector/recent_stories.hpp"
#include "alerts/detector/story_log.hpp"
#include "alerts/detector/surge_engine.hpp"
#include "alerts/detector/trend_detector.hpp"
#include "alerts/rules/measure.hpp"

namespace tapewatch::alerts {

/// One series of a rule: its stories, what its measure knows of it, its alert. In a rule of the measure `story` each
/// grave story of a series is beside it an entry of its own, with its own alert.
struct Series {
  std::map<std::string, std::string> key;
  std::string display;
  std::string model_version;
  std::int64_t last_minute = 0;  ///< of its last document
  StoryLog stories;
  RecentStories recent;
  SurgeSeries surge;      ///< begun where the rule counts
  Rare<MeanSeries> mean;  ///< made where it takes means
  Rare<GapSeries> gap;    ///< and of no_data
  Episode episode;
};

inline constexpr std::chrono::minutes kMinutesKept{150};  ///< votes older than this are judged by the hour

/// Whether an entry of a rule is one of the stories that it told of, and not a series.
inline bool is_story(std::string_view key) { return key.find("}{") != std::string_view::npos; }
std::string story_entry(const std::string& series, std::int64_t story);

/// Everything about one rule. TrendDetector hands it each row and tick; see there for the guarantees.
class RuleWatch {
 public:
  RuleWatch(RuleOptions, const DetectorOptions&);

  /// Moves T on: closes hours, ends what is over. To be called before the row that carries the time.
  void advance(TimePoint now, std::vector<Transition>& out);
  void observe(const Observation&, std::vector<Transition>& out);
  void add(const Addition&, std::vector<Transition>& out);
  void remove(const Retraction&, std::vector<Transition>& out);
  void revise(const Observation&, std::vector<Transition>& out);

  void take_dirty(std::vector<SeriesState>& out);
  /// The rule's stored parts. Those of a rule that looked at something else are discarded, but for carried().
  void restore(const std::map<std::string_view, std::string_view>& parts);
  std::optional<UnfittedRule::Why> unfitted() const;

  std::optional<SeriesReading> read(const std::map<std::string, std::string>& key,
                                    std::chrono::milliseconds window) const;
  Judgement explain(const std::map<std::string, std::string>& key) const;
  /// For the stored parts of a rule that is gone: its open alerts end at the next step, the parts are deleted with it.
  void end_orphans(const std::map<std::string_view, std::string_view>& parts);
  /// The ends that restore() left to be told.
  void tell_ended(std::vector<Transition>& out);
  /// See TrendDetector.
  const std::vector<CarriedAlert>& carried() const { return carried_; }
  void conclude_history(std::span<const CarriedAlert> carried, std::vector<Transition>& out);

  void open_alerts(const std::set<std::string>* only, std::vector<Transition>& out) const;
  void go_on(const OpenAlert&);
  std::string definition() const { return fingerprint() + "\n" + judgement(); }

  const RuleOptions& options() const { return rule_; }
  TimePoint now() const { return now_; }
  void add_counters(DetectorCounters&) const;
  RuleWarmth warmth() const;

 private:
  using Entry = std::map<std::string, Series>::value_type;
  struct Told {  // what alerts said of their rule
    Measure measure = Measure::negative_stories;
    std::string severity;
    std::string escalated_severity;
    std::string runbook_url;
    std::map<std::string, std::string> labels;
  };

  Entry* find_or_add(const Membership&, std::int64_t minute);
  void add(Series&);
  void remove(const Series&);
  void observe_in(const Membership&, const Observation&, std::vector<Transition>& out);
  void vote(Entry&, const Membership&, const Observation&, std::vector<Transition>& out);
  void hear(Entry&, const Vote&, const StoryLog::Result&, const Observation&, std::vector<Transition>& out);
  void judge(Entry&, const Observation&, std::vector<Transition>& out);
  void judge_late(Entry&, const Observation&, std::vector<Transition>& out);
  void open(Entry&, const Score&, std::vector<Transition>& out);
  struct Loss;
  std::optional<Loss> loss(const Membership&, const Retraction&) const;
  void take_vote(Entry&, const Loss&, const Retraction&);
  void weaken(Series&, const Loss&, int stories) const;
  void take_from_episode(Entry&, const Loss&, std::vector<Transition>& out);
  void take_story(const Entry&, const Loss&, std::vector<Transition>& out);
  void start(Entry&, const Reading&, TimePoint now, std::vector<Transition>& out);
  void raise_late(Entry&, const Reading&, const Observation&, std::vector<Transition>& out);

  Reading surge_reading(const Score&) const;
  void explain_windows(const Series&, Judgement&) const;
  std::size_t watched_series() const;
  Tally tally_of(const Series&, const Reading&, std::int64_t to) const;

  /// What depends on the measure.
  bool counts() const { return rule_.measure == Measure::negative_stories || rule_.measure == Measure::no_data; }
  bool is_young(const Series&) const;
  bool calm(const Series&, TimePoint now) const;
  bool lasts(const Series&, TimePoint now) const;
  void pass(Series&, TimePoint now);
  /// The alert is over, by a verdict; or without one, and open again.
  void end(Series&, TimePoint now);
  void abandon(Entry&);
  void resume(Entry&);
  /// What an alert shows of a reading of that measure.
  static void show(Transition&, Measure, const Reading&);
  void judge_mean(Entry&, const Vote&, const Observation&, std::vector<Transition>& out);
  void tell_story(Entry&, const Vote&, const StoryLog::Result&, const Observation&, std::vector<Transition>& out);
  void retell(Entry&, std::int64_t minute, const Observation&, std::vector<Transition>& out);
  void turn(Entry&, std::int64_t story, std::vector<Transition>& out);
  void correct(Entry&, std::int64_t minute, std::vector<Transition>& out);
  void hear_document(Entry&, const StoryLog::Result&, const Observation&, std::vector<Transition>& out);
  void raise_silences(std::int64_t minute, std::vector<Transition>& out);
  GapWatch::Known known(const Series& series) const {
    return {series.surge.baseline, engine_.shared(), engine_.series()};
  }
  void set_gap(Entry&, const GapSeries&);
  void set_due(Entry&, std::int64_t minute);
  void save_statistics(const std::string& key, const Series&, BlobWriter&) const;
  void save_hours(const std::string& key, Series&, std::map<std::string, std::string>& parts) const;
  void load_statistics(const std::string& key, Series&, BlobReader&);

  /// Ends what is open without a word.
  void abandon_open();

  void step_open(std::int64_t minute, std::vector<Transition>& out);
  void tell_grown(TimePoint from, TimePoint to, std::vector<Transition>& out);
  void step(Entry&, TimePoint now, std::vector<Transition>& out);
  void close(Entry&, Step, TimePoint now, std::vector<Transition>& out);
  void close_hour(std::vector<Transition>& out);
  void forget_old();

  const RuleCalendar& calendar() const { return engine_.shared().calendar(); }
  /// A step of the life cycle is recorded, and sent unless the calendar keeps the alert back.
  void tell(Entry&, Step, TimePoint now, std::vector<Transition>& out);
  Transition describe(const Entry&, const Reading&, std::int64_t from, std::int64_t to) const;
  void tell_tally(Transition&, const Tally&) const;
  /// What was expected around [from, to] (minutes), as known now.
  ExpectedBand band(const Series&, std::int64_t from, std::int64_t to) const;
  Transition transition(const Entry&, Step, TimePoint now) const;

  std::string hour_part(const std::string& key, std::int64_t hour) const;
  std::vector<std::string> part_keys(const std::string& key, Series&) const;
  Transition reconfigured(const Entry&, const Told&, TimePoint at) const;
  using Reached = std::map<std::string, Episode>;  // what is open at the end of the history, by series
  Reached::const_iterator successor_of(const Entry& carried, const Reached&) const;
  void go_on(const Entry& carried, const Reached::value_type&, std::optional<Measure> redefined_from,
             std::vector<Transition>& out);
  Transition end_carried(const Entry&, std::optional<Measure> redefined_from) const;
  std::string fingerprint() const;
  std::string judgement() const;
  std::string save_head() const;
  void carry(const std::map<std::string_view, std::string_view>& parts, std::string_view other_definition = {});
  void load_head(BlobReader&, TimePoint now);
  void save_series(const std::string& key, Series&, std::map<std::string, std::string>& parts) const;
  void load_series(BlobReader&, Series&) const;
  void load_part(std::string_view key, std::string_view suffix, std::string_view blob);

  RuleOptions rule_;
  const DetectorOptions options_;
  std::map<std::string, Series> series_;
  std::set<std::string> open_;    // series with an open episode
  std::set<std::string> active_;  // series with votes in the open hour
  SurgeEngine engine_;
  MeanScan means_;
  GapWatch gaps_;
  std::set<std::pair<std::int64_t, std::string>> due_;  // minutes from which on the silence of a series is an alarm

  TimePoint now_{};
  bool started_ = false;
  TimePoint first_{};
  std::string heard_source_;      // the first source
  bool several_sources_ = false;  // and another one
  TimePoint quiet_until_{};       // nothing fires up to here: alerts that ended without a verdict may have begun there

  bool head_dirty_ = false;
  bool shared_dirty_ = false;
  std::set<std::string> dirty_;
  std::set<std::string> removed_;               // stored parts that are to be deleted
  std::optional<UnfittedRule::Why> discarded_;  // why the stored state was
  std::vector<Transition> orphans_;             // alerts of a discarded state, ended at the next step
  std::set<std::string> orphan_parts_;          // its stored parts, deleted with that step
  std::vector<CarriedAlert> carried_;           // its open alerts, where another state takes its place
  DetectorCounters counted_;
};

}  // namespace tapewatch::alerts
