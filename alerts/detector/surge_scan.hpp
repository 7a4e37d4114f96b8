#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "alerts/detector/judgement.hpp"
#include "alerts/detector/series_baseline.hpp"

namespace tapewatch::alerts {

/// A length over which votes are counted.
struct ScanWindow {
  int minutes = 0;
  std::size_t scale = 0;  ///< whose dispersion it takes: the nearest in proportion
};

ScanWindow scan_window(int minutes);
/// Ascending, each once.
std::vector<ScanWindow> scan_windows(std::span<const std::chrono::milliseconds> lengths);
std::size_t nearest_scale(double hours);

/// What a stretch of time said of its series. `score` is comparable across series, windows and rules:
///
///     score = -ln P(count or more) - ln(e x (168 h / length) x 8),   e = max(1, (count - mean)² / (φ count)),
///
/// e being the correction for a window that slides (up-crossings, Naus 1982), 8 for the windows. Surge-free series
/// exceed a score s about C exp(-s) times a week, C near 1 (alarm_threshold.hpp).
struct Score {
  std::int64_t from = 0;  ///< ms, inclusive
  std::int64_t end = 0;   ///< ms, of the last vote at the latest
  double hours = 0.0;     ///< nominal length
  double count = 0.0;
  double mean = 0.0;
  double ratio = 1.0;
  double log_p = 0.0;
  double score = 0.0;
  double correction = 0.0;  ///< ln of what p was multiplied by
  double level_mean = 0.0;  ///< the mean by the level alone
  double recurring = 0.0;   ///< the least mean: what the same hours of the last two days of the kind had
  double variance = 0.0;    ///< relative, of the mean
  double dispersion = 1.0;
  double level = 0.0;  ///< before it began
  double level_variance = 0.0;
};

/// The accumulating statistic: CUSUMs of log-likelihood ratios for three sizes of surge,
///
///     A = max(0, A + ln g - (g - 1) level' ΔF),
///
/// a vote adding ln g, expected votes taking (g - 1) each; level' allows for a deviation of the level, so that drift
/// adds up to nothing. What is between the last zero of A and now is a window that
/// the data chose. It is judged by A / φ against the rate at which A gets so high by chance (Siegmund 1985) and by its
/// negative binomial tail as well, which knows of drift and of young levels: the smaller score counts. Complements the
/// windows, which have fixed lengths.
class SurgeSums {
 public:
  static constexpr std::size_t kSums = 3;
  static constexpr std::array<double, kSums> kSurges = {1.35, 2.0, 4.0};

  struct Sum {
    std::int64_t from = 0;  // ms; where A was last 0
    double evidence = 0.0;  // A
    double count = 0.0;
    double start = 0.0;  // exposure and its uncertainty at `from`
    double rough = 0.0;
    double last = 0.0;  // exposure at the last vote
    float level = 0.0f;
    float level_variance = 0.0f;
    float allowed = 0.0f;  // the level and a deviation of it: so that drift does not add up
  };

  /// A vote at `now`, where the exposure is `exposure`.
  void hear(std::int64_t now, double exposure, const SeriesBaseline&, double drift);
  /// A vote at `at` is taken back.
  void take_back(std::int64_t at);
  void restart() { sums_ = {}; }
  const std::array<Sum, kSums>& sums() const { return sums_; }

  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  std::array<Sum, kSums> sums_{};
};

/// Scores the windows of a series that end at one moment.
class SurgeScan {
 public:
  SurgeScan(const SeriesBaseline& baseline, const SharedBaseline& shared, std::size_t series, double min_count)
      : baseline_(baseline), shared_(shared), series_(series), min_count_(min_count) {}

  /// The exposure since the series began, at a moment of the open hour.
  double exposure_at(std::int64_t ms) const;

  /// Windows that end at `end` (ms, in the last three hours) and begin no earlier than `mask`. Up to three hours long
  /// they begin with a minute, longer ones with an hour.
  void windows(const std::vector<ScanWindow>&, std::int64_t end, std::int64_t mask, std::vector<Score>& out) const;
  /// What the sums say at `now`.
  void sums(const SurgeSums&, std::int64_t now, std::vector<Score>& out) const;
  /// Windows of whole hours that end with `hour`, an hour that is over.
  void past(const std::vector<ScanWindow>&, std::int64_t hour, std::vector<Score>& out) const;
  /// One window, however unremarkable: for a reading.
  std::optional<Score> reading(const ScanWindow&, std::int64_t end) const;

  /// A window as windows() judges it.
  struct Explained {
    ScanWindow window;
    Standing standing = Standing::judged;
    std::optional<Score> score;   ///< however unremarkable; nothing: not judged
    std::optional<double> bound;  ///< the least count whose score exceeds the threshold
  };
  std::vector<Explained> explain(const std::vector<ScanWindow>&, std::int64_t end, std::int64_t mask,
                                 double threshold) const;

  /// Score of a second surge inside an open alert: against the rate that the alert has by now. Negative: none.
  static double escalation(const Score&, double rate_ratio, double rate_variance);

 private:
  struct Stretch {                   // of time, and what the series knows of it
    std::int64_t from = 0, end = 0;  // ms
    double hours = 0.0, nominal = 0.0;
    double count = 0.0;
    double factor = 0.0, rough = 0.0;  // ΣF, ΣF² v
    double level = 0.0, level_variance = 0.0;
    double exposure = 0.0, uncertainty = 0.0;  // of the series when it began
    std::size_t scale = 0;
    bool sum = false;  // an accumulating sum chose it
    bool remarkable_only = true;
  };
  /// `shorter`: the length of the next shorter window, in hours.
  Standing standing(const std::optional<Stretch>&, double shorter) const;
  std::optional<double> least_alarm(Stretch, double threshold) const;
  std::optional<Score> judge(const Stretch&) const;
  double part_of_clump(const Stretch&) const;
  struct Recurrence {
    double count = 0.0;
    bool bunched = false;
  };
  Recurrence recurrence(std::int64_t hour) const;
  /// The share of an hour's votes expected within the stretch.
  double covered(const Stretch&, std::int64_t hour) const;
  double naive_mean(const Stretch&) const;
  double recurring(const Stretch&) const;
  /// What the other series tell of the present hours, in place of a rhythm that is not known yet.
  void nowcast(const Stretch&, Score&) const;
  struct Walk {  // back over whole hours: [from, the hour of the end)
    std::int64_t from = 0;
    double votes = 0.0, factor = 0.0, rough = 0.0;
    std::int64_t minute = INT64_MAX;  // and back over whole minutes: [minute, that of the end]
    double minute_votes = 0.0;
    void extend(const SeriesBaseline&, std::int64_t to);
  };
  static std::int64_t begin_of(const ScanWindow&, std::int64_t end, std::int64_t mask);
  /// `walk` goes on from one window to the next longer one.
  std::optional<Stretch> stretch(const ScanWindow&, std::int64_t end, std::int64_t mask, Walk& walk) const;

  const SeriesBaseline& baseline_;
  const SharedBaseline& shared_;
  const std::size_t series_;
  const double min_count_;
};

}  // namespace tapewatch::alerts
