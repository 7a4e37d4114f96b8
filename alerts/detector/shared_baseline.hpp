#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "alerts/detector/rule_calendar.hpp"
#include "alerts/detector/surge_model.hpp"

namespace tapewatch::alerts {

class BlobReader;
class BlobWriter;

/// A seasonal factor and how little is known of it: relative variance.
struct Factor {
  double mean = 1.0;
  double variance = 0.0;
};

/// Gamma(shape `strength`, mean `prior`) meets a Poisson count with `expected` at factor 1. The relative variance adds
/// the part of the prior's own uncertainty that is left after the data.
Factor refine(const Factor& prior, double strength, double count, double expected);

/// A sum of weighted estimates and of their weights.
struct Weighed {
  double sum = 0.0;
  double weight = 0.0;
  void add(const Weighed& other) { sum += other.sum, weight += other.weight; }
  void decay(double by) { sum *= by, weight *= by; }
};

inline bool is_weekend(std::size_t slot) { return slot >= 5 * 24; }
inline std::size_t kind_hour(std::size_t slot) { return slot % 24 + (is_weekend(slot) ? 24 : 0); }

/// What a rule's series have in common: the weekly rhythm of their sum, the rhythm of minutes within the hour, their
/// mean level, their dispersion, how their levels drift. Hours count from the epoch.
///
/// An hour has three moments: opening fixes its factor, which never changes after; close() when it is over; and the
/// moment when it leaves quarantine and teaches the season, by when a surge that began in it is known as one.
class SharedBaseline {
 public:
  static constexpr int kMemory = 192;        ///< hours whose factors are remembered
  static constexpr std::size_t kGaps = 100;  ///< of hours that nobody watched, remembered

  explicit SharedBaseline(const SurgeModel& model = {}) : model_(model) {}

  /// The first hour.
  void start(std::int64_t hour);
  bool started() const { return started_; }
  std::int64_t hour() const { return hour_; }  ///< the open one
  /// Hours closed since the start.
  std::int64_t age() const { return age_; }

  /// Closes the open hour and opens the next.
  void close();
  /// The open hour, its first part or its rest was not watched: it teaches nothing. `silent`: nor was anything heard
  /// in it, so that nothing is expected of it either.
  void unwatch(bool silent);
  bool watched(std::int64_t hour) const;
  /// Whether it was watched and the calendar has the rule learn from it.
  bool learns(std::int64_t hour) const { return watched(hour) && calendar_.day(hour).learn; }
  /// Leaves out the hours up to `hour`, which opens.
  void skip_to(std::int64_t hour);

  /// The factor of an hour as it was fixed when it opened; of an hour before that memory, of its place in the week.
  /// 0 where nobody watched.
  Factor factor(std::int64_t hour) const;
  /// The same for a series with entries of its own in the calendar.
  Factor factor(std::int64_t hour, RuleCalendar::Entries own) const;
  /// The factor of the open hour, watched or not.
  double rhythm() const { return rhythm_; }
  /// The share of an hour's votes expected in its first `part`, 0 to 1.
  double share(double part) const;

  double rate() const { return (count_ + 0.5) / (exposure_ + 0.5); }  ///< votes an hour of all series at factor 1
  double dispersion(std::size_t scale) const { return dispersion_[scale]; }
  double clumping() const { return clumping_; }
  double drift() const { return drift_; }

  /// A vote of any series in the open hour; those of it and the three before.
  void note_vote() { ++votes_[0]; }
  void forget_vote(std::int64_t hour) {
    const std::int64_t ago = hour_ - hour;
    if (ago >= 0 && ago < 4 && votes_[static_cast<std::size_t>(ago)] > 0) --votes_[static_cast<std::size_t>(ago)];
  }
  double recent_votes() const { return votes_[0] + votes_[1] + votes_[2] + votes_[3]; }

  /// Whether a series taught a closed hour since the last call, as it may at any touch.
  bool take_taught() { return std::exchange(taught_, false); }

  /// What series teach.
  void hear(std::int64_t hour, double taught,
            double seasonal);                        ///< a closed hour: for the level and, later, the season
  void correct(std::int64_t hour, double seasonal);  ///< of an hour in quarantine: this much more
  void hear_minutes(const std::array<double, 12>& five_minutes, double hour_mean);
  void hear_spread(std::size_t scale, const Weighed& lesson);
  void hear_clumping(const Weighed& lesson);
  void hear_drift(const Weighed& lesson);

  const SurgeModel& model() const { return model_; }
  /// What an hour is on the rule's clock and in its calendar. Set before start().
  const RuleCalendar& calendar() const { return calendar_; }
  void set_calendar(RuleCalendar calendar) { calendar_ = std::move(calendar); }

  void save(BlobWriter&) const;
  void load(BlobReader&);
  /// What a touched series may change at any time.
  void save_sums(BlobWriter&) const;
  void load_sums(BlobReader&);

 private:
  struct Hour {
    float mean = 0.0f;
    float variance = 0.0f;
    double seasonal = 0.0;  // waits in quarantine
    bool unwatched = false;
  };
  struct Gap {  // silent hours, inclusive
    std::int64_t from;
    std::int64_t to;
  };
  static std::size_t place(std::int64_t hour) {
    return static_cast<std::size_t>(((hour % kMemory) + kMemory) % kMemory);
  }
  Hour& at(std::int64_t hour) { return hours_[place(hour)]; }
  const Hour& at(std::int64_t hour) const { return hours_[place(hour)]; }
  void open(std::int64_t hour);
  Factor estimate(std::size_t slot) const;
  void learn_season(std::int64_t hour);
  void refit_minutes();
  void refit_dispersion();

  SurgeModel model_;
  RuleCalendar calendar_;
  bool started_ = false;
  std::int64_t first_ = 0;
  std::int64_t hour_ = 0;
  std::int64_t age_ = 0;
  double rhythm_ = 1.0;
  std::array<Hour, kMemory> hours_{};
  std::vector<Gap> gaps_;
  double count_ = 0.0;
  double exposure_ = 0.0;
  double heard_ = 0.0;                    // in the open hour
  std::array<std::uint32_t, 4> votes_{};  // of the latest hours, the open one first
  std::array<double, kHoursOfWeek> slot_count_{};
  std::array<double, kHoursOfWeek> slot_visits_{};
  std::array<double, 12> minute_count_{};
  double minute_total_ = 0.0;
  std::array<double, 13> share_{};
  std::array<Weighed, kScales> spread_{};
  Weighed clump_;
  Weighed drifted_;
  std::array<double, kScales> dispersion_{};
  double clumping_ = 0.0;
  double drift_ = 0.0;
  bool taught_ = false;  // no part of the state
};

}  // namespace tapewatch::alerts
