#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/detector/detector_options.hpp"
#include "alerts/detector/judgement.hpp"
#include "alerts/observation.hpp"
#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// A part of the detector's state, opaque to who keeps it. `key` is a series key with a part suffix, or "" for what the
/// rule's series share; (rule, key) is unique. An empty blob says that the row may be deleted. Binary.
struct SeriesState {
  std::string rule;
  std::string key;
  std::string blob;
};

/// A stored state that cannot be what this class wrote: damaged, or of another format.
struct DetectorStateError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A rule that begins from nothing, because restore() found no state that fits it.
struct UnfittedRule {
  enum class Why { no_state, other_definition, other_model, other_version };
  std::string rule;
  Why why = Why::no_state;
};

/// What the detector thinks of a series now: the numbers behind a missing or a present alert.
struct SeriesReading {
  std::uint64_t observed = 0;  ///< distinct counted stories in the window that ends with the open minute
  double expected = 0.0;
  std::uint64_t upper = 0;  ///< upper end of the central 95 %
  double p_value = 1.0;
  double p_limit = 0.0;  ///< an alarm when p_value <= p_limit and observed >= min_stories
  bool warm = false;     ///< something was learned: alarms are possible
  bool warming = true;   ///< the rhythm of the week is not known yet, and what is expected is uncertain for it
  bool firing = false;
};

/// How much of its news' rhythm a rule knows.
struct RuleWarmth {
  std::string rule;
  std::uint64_t series = 0;        ///< now known
  std::optional<TimePoint> since;  ///< event time of the first thing it saw; nullopt: nothing yet
  std::int64_t watched_hours = 0;  ///< whole hours of event time, without gaps
  std::int64_t warm_hours = 0;     ///< after which it is warm; 0: it learns nothing
  bool can_alert() const { return warm_hours == 0 || watched_hours >= 1; }  ///< nothing is judged within the first hour
  bool warm() const { return watched_hours >= warm_hours; }
};

/// An open alert that was told of before.
struct OpenAlert {
  std::string rule;
  std::string id;             ///< under which it is open
  std::string told_id;        ///< under which it was told
  std::int64_t sequence = 0;  ///< of the last transition that was told
};

/// An open alert of a state that was discarded: the part that holds it, and what its rule watched before, where that
/// was something else.
struct CarriedAlert {
  SeriesState part;
  std::optional<Measure> redefined_from;
};

/// Counters for /metrics; of this process, not part of the state.
struct DetectorCounters {
  std::uint64_t series = 0;             ///< now known, over all rules
  std::uint64_t dropped_series = 0;     ///< observations dropped because a rule had max_series
  std::uint64_t too_old = 0;            ///< rows older than the story memory: in history only
  std::uint64_t warming_series = 0;     ///< of them, those watched for less than two weeks
  std::uint64_t forgotten_stories = 0;  ///< evicted before their time because of max_stories_per_series
};

/// The version of the model whose scores a stored state was learned from; nothing where there is none. Throws
/// DetectorStateError.
std::optional<std::string> learned_model(std::span<const SeriesState> states);

/// Watches every series of every rule for what its measure looks for.
///
/// Owned by the writer thread; no locks. Deterministic: the same rules and the same sequence of observe() and tick()
/// give the same transitions, also when the state went through take_dirty() and restore() anywhere in between. Knows no
/// clock but the sequence. observe() touches only the series of its row, and once an event hour all of them.
class TrendDetector {
 public:
  /// Throws std::runtime_error when a rule does not validate().
  explicit TrendDetector(std::vector<RuleOptions> rules, DetectorOptions options = {});
  ~TrendDetector();
  TrendDetector(TrendDetector&&) noexcept;
  TrendDetector& operator=(TrendDetector&&) noexcept;

  /// One row in `seq` order. Returns what it changed, in order; often nothing.
  std::vector<Transition> observe(const Observation&);

  /// A stored document names companies that it did not name before: its story votes in the series that it joins with
  /// them, at the document's own time and as late as that is by now; in its other series nothing changes. Event time
  /// does not move.
  std::vector<Transition> add(const Addition&);

  /// Time alone: `at` is the tick's event time. Windows slide, calm alerts resolve.
  std::vector<Transition> tick(std::int64_t seq, TimePoint at);

  /// A document is taken back: it leaves the windows that are open, and the evidence of alerts, which say so
  /// (alert.updated, or their end where nothing is left). Its story's vote passes to the earliest document that is left
  /// in a series. What was learned stays. Event time does not move.
  std::vector<Transition> remove(const Retraction&);

  /// A revision of a document, which is described as it was observed, says the opposite of it: its story is marked in
  /// the evidence, and an alert that is open over it says so (alert.updated). Votes stay. Event time does not move.
  std::vector<Transition> revise(const Observation& document);

  /// The parts that changed since the last call, whole, ordered by (rule, key): to be saved in the same transaction.
  std::vector<SeriesState> take_dirty();

  /// Replaces the whole state by what was saved, in any order. Throws DetectorStateError; the detector is then empty.
  ///
  /// A change of how a rule judges, or of what its alerts say, keeps what was learned and its open alerts. A change of
  /// what it looks at (`where`, `group_by`, `measure`, `windows`), another clock, a calendar that has other days in
  /// what was learned, or another model (DetectorOptions::model_version) discards the state; its open alerts are
  /// carried_alerts(). Those of a rule that is gone end with the reason "reconfigured": told by the next step, or by
  /// settle().
  void restore(std::span<const SeriesState>);

  /// The rules that were left without a state. Those of a new installation are among them.
  std::vector<UnfittedRule> unfitted() const;

  /// Tells what restore() ended, without a step of time. To be recorded in one transaction with take_dirty().
  std::vector<Transition> settle();

  /// The open alerts of a discarded state: to be handed to conclude_history() of the detector that takes its place.
  std::vector<CarriedAlert> carried_alerts() const;

  /// For a detector that was fed stored history only, its transitions thrown away: forgets the alerts that are open,
  /// which nobody was told of. What goes on raises one with its next story. Of the `carried` alerts those whose surge
  /// is open here go on under their ids; the others end, which is returned: calm, or "reconfigured" where their rule
  /// watches something else now.
  std::vector<Transition> conclude_history(std::span<const CarriedAlert> carried = {});

  /// The open alerts as they stand, each as its last step would tell it now (`type` is empty); `only`: those with these
  /// ids, as the evidence of thousands takes its time.
  std::vector<Transition> open_alerts(const std::set<std::string>* only = nullptr) const;
  /// For a detector that has seen rows again that were told of before: its open alert goes on under the told id.
  void go_on(const OpenAlert&);

  /// nullopt: no such rule, series or window.
  std::optional<SeriesReading> read(std::string_view rule, const std::map<std::string, std::string>& key,
                                    std::chrono::milliseconds window) const;

  /// What it makes of a series at event_time(). nullopt: no such rule. Changes nothing; as slow as some hundred votes.
  std::optional<Judgement> explain(std::string_view rule, const std::map<std::string, std::string>& key) const;

  DetectorCounters counters() const;
  /// Of each rule, in their order. Cheap: does not look at the series.
  std::vector<RuleWarmth> warmth() const;

  /// What the state depends on beside the rows: rules and model, in bytes that are equal where they are.
  std::string definition() const;

  /// Event time T: the largest time seen. The epoch before anything was.
  TimePoint event_time() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapewatch::alerts
