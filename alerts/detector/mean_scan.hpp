#pragma once
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "alerts/detector/alert_state.hpp"
#include "alerts/detector/sentiment_mean.hpp"
#include "alerts/detector/surge_scan.hpp"
#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// A window's mean against what was known before it began.
struct MeanScore {
  std::int64_t from = 0;  ///< ms, inclusive
  std::int64_t end = 0;   ///< ms, of the last vote at the latest
  double hours = 0.0;     ///< nominal length
  std::uint64_t stories = 0;
  double observed = 0.0;
  double expected = 0.0;
  double deviation = 0.0;  ///< standard deviation of the predicted mean
  double spread = 0.0;     ///< and of one story's sentiment
  double share = 1.0;      ///< independent stories in one: stories of one event agree
  double log_p = 0.0;
  double correction = 0.0;  ///< ln of what p was multiplied by
  double score = 0.0;
};

/// A mean in the numbers of a Reading: the interval in millionths above -1, the observed mean in place of the ratio.
Reading reading_of(const MeanScore&, double threshold);
/// And back.
struct MeanReading {
  double observed, expected, low, high;
};
MeanReading mean_of(const Reading&);

/// The votes of one series for a week, hour by hour, and the distribution of all before them.
class MeanSeries {
 public:
  static constexpr std::int64_t kHours = 168;
  static constexpr std::int64_t kMinutes = 180;
  static constexpr std::size_t kDays = 7;

  bool started() const { return !cells_.empty(); }
  std::int64_t first_hour() const { return first_; }
  std::int64_t hour() const { return hour_; }
  bool open() const { return open_; }
  /// Watched for less than two weeks.
  bool young() const { return hour_ - first_ < 336; }

  void save(BlobWriter&) const;  ///< what each vote changes
  void load(BlobReader&);
  void save_day(std::size_t day, BlobWriter&) const;
  void load_day(std::size_t day, BlobReader&);
  std::array<bool, kDays> take_changed_days() { return std::exchange(changed_, {}); }

 private:
  friend class MeanScan;
  struct Cell {  // of an hour
    std::array<std::uint16_t, SentimentHistogram::kBins> votes{};
    float sum = 0.0f;
    bool excluded = false;  // part of a fall: teaches nothing
    SentimentHistogram histogram() const;
    std::uint32_t count() const { return std::accumulate(votes.begin(), votes.end(), std::uint32_t{0}); }
  };
  struct Minute {
    std::uint32_t votes = 0;
    float sum = 0.0f;
  };
  static std::size_t place(std::int64_t hour) { return static_cast<std::size_t>(((hour % kHours) + kHours) % kHours); }
  static std::size_t minute_place(std::int64_t minute) {
    return static_cast<std::size_t>(((minute % kMinutes) + kMinutes) % kMinutes);
  }
  bool knows(std::int64_t hour) const { return hour >= first_ && hour <= hour_ && hour > hour_ - kHours; }
  Cell& cell(std::int64_t hour) { return cells_[place(hour)]; }
  const Cell& cell(std::int64_t hour) const { return cells_[place(hour)]; }
  void note_change(std::int64_t hour) { changed_[place(hour) / 24] = true; }

  std::int64_t first_ = 0;
  std::int64_t hour_ = 0;
  std::int64_t minute_ = INT64_MIN / 2;  // the latest with a vote
  SentimentHistogram before_;            // of the hours before those kept
  std::vector<Cell> cells_;
  std::vector<Minute> minutes_;
  std::int64_t mask_ = INT64_MIN / 2;  // ms: no window begins before it
  /// The open fall.
  bool open_ = false;
  std::int64_t opened_ = 0;
  std::int64_t from_ = 0;
  std::int64_t zero_ = 0;    // when the evidence was last 0
  std::int64_t latest_ = 0;  // the last vote
  double accept_hours_ = 0.0;
  double hours_ = 0.0;  // of the window that fired
  double expected_ = 0.0;
  double spread_ = 1.0;
  double share_ = 1.0;
  double fall_ = 1.0;  // in deviations of one story
  double peak_ = 0.0;
  double limit_ = 0.0;
  double evidence_ = 0.0;
  std::array<bool, kDays> changed_{};  // no part of the state
};

/// Looks for falls of the mean sentiment of a rule's series. Like the counts, means are taken over windows of event
/// time that end with the latest vote, and judged against what the series was before the window began:
///
///     V = σ²/n + τ² + σ²/N,    n' = σ²/V,    p = P(mean of n' draws <= observed mean)
///
/// n being the window's stories, N those the distribution was learned from, drawn to that of the rule's other series,
/// τ² how far means are off from one hour, or one day, to another. The draws are from that distribution itself,
/// whatever its shape, by a saddlepoint approximation. As for counts
///
///     score = -ln p - ln(e tests 8),    e = max(1, z²),    tests = min(168 h / length, stories a week / min_stories)
///
/// and the rule alerts above ln(C series / budget a week). C is measured (tests/bench/detection, table `mean`).
///
/// While an alert is open a sequential test of normal against fallen runs, vote by vote, on z = (sentiment - mean) / σ:
///
///     R = max(0, R + (d z + d²/2) n'/n)
///
/// calm at 5 and an hour after the start, or when nothing is said any more. Votes of a fall are not learned.
class MeanScan {
 public:
  explicit MeanScan(const RuleOptions&);

  /// The series' first hour.
  void begin(MeanSeries&, std::int64_t hour) const;
  /// Closes hours until `hour` is the open one.
  void advance(MeanSeries&, std::int64_t hour, std::size_t series);

  /// A vote at `at` (ms), when the clock shows `now`. False: too old to be counted.
  bool count(MeanSeries&, std::int64_t at, double sentiment, std::int64_t now) const;
  /// A vote is taken back, or counted in place of one that was: in the windows that are open.
  void take_back(MeanSeries&, std::int64_t at, double sentiment) const;
  void put_back(MeanSeries&, std::int64_t at, double sentiment) const;
  /// The strongest alarm of the windows that end at `now`.
  std::optional<MeanScore> judge(const MeanSeries&, std::int64_t now, std::size_t series) const;
  /// Of the whole hours that end with the one of `at`, long past.
  std::optional<MeanScore> judge_past(const MeanSeries&, std::int64_t at, std::size_t series) const;
  double threshold(std::size_t series) const;
  /// A window as judge() judges it.
  struct Explained {
    ScanWindow window;
    Standing standing = Standing::judged;
    std::optional<MeanScore> score;  ///< however unremarkable; nothing: not judged
    std::optional<double> bound;     ///< the highest mean whose score exceeds the threshold
  };
  std::vector<Explained> explain(const MeanSeries&, std::int64_t now, std::size_t series) const;
  void fix_threshold(double value) { fixed_ = value; }  ///< for calibration

  void open(MeanSeries&, std::int64_t now, const MeanScore&, std::size_t series) const;
  /// A stronger alarm in an open fall.
  void follow(MeanSeries&, const MeanScore&) const;
  bool calm(const MeanSeries&, std::int64_t now) const;
  /// It has lasted so long that its mean is the level from now on.
  bool lasts(const MeanSeries&, std::int64_t now) const;
  void close(MeanSeries&, std::int64_t now) const;
  /// Over without a verdict, and open after all.
  void abandon(MeanSeries& s) const { s.open_ = false; }
  void resume(MeanSeries& s) const { s.open_ = true; }

  void save(BlobWriter& out) const { mood_.save(out); }
  void load(BlobReader& in) { mood_.load(in); }

 private:
  static constexpr double kLeastOwn = 10.0;  // votes without which a series that stands alone is not judged
  struct Baseline {
    SentimentHistogram votes;  // drawn to the rule's
    double own = 0.0;          // the series' own of them
    double prior = 0.0;        // of the rule
  };
  bool in_open_window(const MeanSeries&, std::int64_t at) const;
  Baseline baseline(const SentimentHistogram& own, std::size_t series) const;
  SentimentHistogram before(const MeanSeries&, std::int64_t hour) const;
  /// The variance of the mean of `n` votes.
  static double unknown(const Baseline&, double spread, double off);
  void learn(const MeanSeries&, std::int64_t hour, std::size_t series);
  struct Place {  // ms
    ScanWindow window;
    std::int64_t from = 0, end = 0;
  };
  static Place place_of(const MeanSeries&, const ScanWindow&, std::int64_t now);
  struct Prospect {  // of a window's mean, before it is weighed
    MeanScore score;
    Baseline known;
    double draws = 0.0, tests = 1.0;
  };
  /// Nothing: fewer than `least` stories, or too little is known.
  std::optional<Prospect> prospect(const MeanSeries&, const Place&, std::size_t series, double least) const;
  static MeanScore weigh(const Prospect&, double observed);
  static std::optional<MeanScore> judge(const Prospect&, double observed);
  static std::optional<double> highest_alarm(const Prospect&, double threshold);
  std::optional<MeanScore> judge(const MeanSeries&, const Place&, std::size_t series) const;
  void gather(const MeanSeries&, const ScanWindow&, MeanScore&) const;

  std::vector<ScanWindow> windows_;
  double min_stories_;
  double budget_;
  std::optional<double> fixed_;
  SharedMood mood_;
};

}  // namespace tapewatch::alerts
