#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace tapewatch::bench {

/// What the rivals expect: level, season and dispersion estimated from the stream, as surveillance systems do.
///
/// Level: decayed mean of a series over its season, half-life 28 days. Season: hour of the week, pooled over all series
/// and shrunk to the hour of a working day or of the weekend. The last seven days are left out of both (Farrington's
/// guard band; Noufaily 2013), and an hour counts at most its mean and three standard deviations. Dispersion: variance
/// over mean of an hour, Pearson's, pooled with ten hours of the others.
class RivalBaseline {
 public:
  explicit RivalBaseline(int series);

  /// Hour `hour` (since the epoch) is over; `counts` by series.
  void learn(std::int64_t hour, const std::vector<int>& counts);

  double season(std::int64_t hour) const { return season_[slot(hour)]; }
  double level(int series) const { return series_[static_cast<std::size_t>(series)].level; }  ///< an hour, at season 1
  double dispersion(int series) const { return series_[static_cast<std::size_t>(series)].dispersion; }

 private:
  /// Hour of the week: 0 is Monday 00:00 UTC.
  static std::size_t slot(std::int64_t hour) { return static_cast<std::size_t>((hour + 72) % 168); }
  void refresh();

  struct Series {
    double count = 0.0, exposure = 0.0, level = 0.1;
    double squares = 0.0, means = 0.0, dispersion = 1.0;
  };
  std::vector<Series> series_;
  std::deque<std::vector<float>> recent_;  // hours in the guard band, as counted
  std::array<double, 168> sums_{}, visits_{}, season_{};
  double squares_ = 0.0, means_ = 0.0;
};

}  // namespace tapewatch::bench
