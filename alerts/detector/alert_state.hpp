#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/detector/detector_options.hpp"
#include "alerts/detector/rare.hpp"
#include "alerts/detector/source_set.hpp"

namespace tapewatch::alerts {

class BlobReader;
class BlobWriter;

/// What one window said at one moment.
struct Reading {
  std::int64_t from = 0;  ///< minutes, inclusive
  std::int64_t to = 0;
  std::int64_t window = 0;  ///< length in minutes
  std::uint64_t observed = 0;
  double expected = 0.0;
  double ratio = 1.0;
  double p_value = 1.0;
  double p_limit = 0.0;
  double score = 0.0;     ///< the larger the stronger; see surge_scan.hpp
  std::uint64_t low = 0;  ///< central 95 %
  std::uint64_t high = 0;
};

/// What tells of a surge: distinct stories, the documents that report them, their source if all have the same one, and
/// how many sources they have.
struct Tally {
  std::uint64_t stories = 0;
  std::uint64_t documents = 0;
  std::string single_source;
  SourceSet sources = {};
};

enum class Phase : std::uint8_t { inactive, pending, firing };

/// What a step of the life cycle asks to be recorded.
enum class Step { none, pending, fired, unconfirmed, updated, resolved, accepted, withdrawn };

/// The life of one series' alerts: inactive -> pending -> firing -> inactive. One alert per episode. Time is event
/// time.
///
/// Hysteresis: it takes an alarm to open an episode, and `resolve_after` of calm to close it; then `cool_down`. In
/// `pending` it must not calm down for `pending_for`.
class Episode {
 public:
  Phase phase() const { return phase_; }
  bool open() const { return phase_ != Phase::inactive; }

  /// Whether an alarm of a window that ends at `end` (minute) may open an episode: not while cooling down, and not out
  /// of the rows of an episode that is over.
  bool may_open(std::int64_t end, TimePoint now, const RuleOptions&) const;
  /// Until when it cools down; nothing: it does not.
  std::optional<TimePoint> cools_until(TimePoint now, const RuleOptions&) const;

  /// An alarm opens the episode. `told` is what its window holds.
  Step start(const Reading&, TimePoint now, std::string alert_id, Tally told, const RuleOptions&);
  /// Remembers the span of an alert that never was live, so that its later rows raise no second one.
  void remember_span(std::int64_t from, std::int64_t to);
  /// Another alarm in such a span, up to `to`: the span grows with it.
  void extend_span(std::int64_t to, const RuleOptions&);

  /// A document of a counted story with its vote at `minute`; does nothing outside the episode.
  void count(std::int64_t minute, bool first_document, std::string_view source);
  /// An alarm while open: kept when it is the strongest so far.
  void strengthen(const Reading&);

  /// A second, larger surge inside the open one: told at once.
  Step escalate(const Reading&, TimePoint now);

  /// What it is about was corrected: told at once.
  Step correct(TimePoint now) { return phase_ == Phase::firing ? tell(now) : Step::none; }

  /// Of a story with its vote at `minute`: that many documents are taken back, and the story itself, or it is one now.
  /// False: it is not of the episode.
  bool discount(std::int64_t minute, std::uint64_t documents, std::uint64_t stories);
  bool recount(std::int64_t minute, std::uint64_t documents);
  /// The strongest reading without what was taken back.
  void correct_peak(const Reading& reading) { life_.own().peak = reading; }
  /// Nothing that it was about is left.
  Step withdraw(TimePoint now);

  /// It fired on a day of which nobody is to be told.
  void keep_back() { kept_back_ = true; }
  bool kept_back() const { return kept_back_; }
  /// That day is over: it is told of after all.
  Step release(TimePoint now);

  /// Its rate is normal from now on.
  Step accept(TimePoint now);

  /// When an update of what has grown since it was last told is due; nothing while nothing has.
  std::optional<TimePoint> update_due(const DetectorOptions&) const;
  /// That moment has come.
  Step tell_grown(TimePoint now) { return tell(now); }

  /// Time or rows went on. `calm`: the rate is back in its band.
  Step advance(bool calm, TimePoint now, const RuleOptions&, const DetectorOptions&);

  /// What it was about is over, from one moment to the next.
  Step end(TimePoint now);

  /// Its rule was changed while it was open: over, without a verdict. What goes on may open another one.
  void abandon();

  /// It was told of before, under this id, with this step as the last.
  void go_on(std::string id, std::int64_t sequence);

  const std::string& id() const { return life_->id; }
  std::int64_t sequence() const { return life_->sequence; }
  TimePoint started_at() const { return life_->started_at; }
  std::int64_t from() const { return life_->from; }  ///< minute of the first window's start
  const Reading& peak() const { return life_->peak; }
  const Tally& tally() const { return life_->tally; }
  bool escalated() const { return life_->escalated; }  ///< a second surge was told

  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  struct Span {
    std::int64_t from;
    std::int64_t to;
  };
  static bool covers(const Span&, std::int64_t end, const RuleOptions&);
  Step fire(TimePoint now);
  Step tell(TimePoint now);
  void note_told(TimePoint now);
  bool grew(const DetectorOptions&) const;
  Step close(Step, TimePoint now);

  struct Life {  // of the alert that is open, or of the last one
    std::string id;
    std::int64_t sequence = 0;
    TimePoint started_at{};
    TimePoint told_at{};  // the last firing or updated
    std::optional<TimePoint> calm_since;
    std::int64_t from = 0;
    Reading peak;
    bool escalated = false;
    Tally tally;
    std::uint64_t told_stories = 0;
    std::uint64_t told_documents = 0;
    std::uint64_t told_observed = 0;  // the count of the strongest window
    std::uint32_t updates = 0;        // since it fired
  };

  Phase phase_ = Phase::inactive;
  bool kept_back_ = false;
  Rare<Life> life_;
  std::optional<TimePoint> ended_at_;
  std::vector<Span> spans_;  // of episodes that are over, oldest first
};

}  // namespace tapewatch::alerts
