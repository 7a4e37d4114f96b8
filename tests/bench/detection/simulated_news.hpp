#pragma once
// Made-up news whose truth is known: what the detector's figures are measured on.
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/alerts/detector/news_stream.hpp"

namespace tapewatch::bench {

inline constexpr std::int64_t kMinuteMs = 60'000, kHourMs = 60 * kMinuteMs, kDayMs = 24 * kHourMs, kWeekMs = 7 * kDayMs;

/// 2026-01-05, a Monday, 00:00 UTC.
inline constexpr std::int64_t kEpochMs = alerts::test::kMonday.time_since_epoch().count();

/// What London's clock is ahead of UTC from which moment on, 2020 to 2040: (moment, ahead), ascending.
std::vector<std::pair<std::int64_t, std::int64_t>> london_changes_ms();

/// One distinct negative story.
struct Story {
  std::int64_t at_ms = 0;
  int series = 0;
};

struct NewsOptions {
  int series = 1;
  double rate = 1.0;                   ///< stories an hour, the mean of each series; with `zipf` of the busiest
  bool zipf = false;                   ///< series i has rate / (i + 1)
  double day_ratio = 6.0;              ///< busiest over quietest hour of a day; 1: flat
  double weekend = 0.4;                ///< of a weekday's rate
  double clump = 1.0;                  ///< mean size of a clump of stories (geometric); dispersion 2 clump - 1
  double gamma_shape = 0.0;            ///< > 0: each hour's rate times a Gamma of this shape and mean 1
  double top_of_hour = 0.0;            ///< share of the stories that come in the first five minutes of an hour
  double drift = 0.0;                  ///< the rate moves by exp(drift sin), once in 120 days
  bool london = false;                 ///< the rhythm follows London's clock, which changes in March and October
  double holiday = 0.25;               ///< of the usual rate on each day of `holidays`
  std::vector<std::int64_t> holidays;  ///< days since 1970-01-01
};

/// Stories on top of the ordinary ones: `stories` of them, from a day of length on spread as the rhythm is.
struct Surge {
  int series = 0;
  std::int64_t from_ms = 0;
  std::int64_t length_ms = 0;
  int stories = 0;
};

/// The rate of a series times `factor` for a time.
struct Swell {
  int series = 0;
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  double factor = 1.0;
};

/// A stream hour by hour. The same options and seed give the same stories on every machine, whatever is planted.
class SimulatedNews {
 public:
  /// `start_ms` is a whole hour.
  SimulatedNews(NewsOptions, std::uint64_t seed, std::int64_t start_ms = kEpochMs);

  void add(const Surge&);
  void add(const Swell& swell) { swells_.push_back(swell); }

  /// The next hour's stories, in order of time.
  const std::vector<Story>& next_hour();
  std::int64_t now_ms() const { return now_ms_; }

  /// The rate of a series at that hour, without swells and chance.
  double rate(int series, std::int64_t at_ms) const;

 private:
  double rhythm(std::int64_t at_ms) const;
  void add_ordinary(int series, double rate);
  void add_clump(int series, std::int64_t at_ms, alerts::test::Dice&);

  NewsOptions options_;
  alerts::test::Dice dice_;
  alerts::test::Dice planted_;  // of its own: what is planted leaves the ordinary stories as they are
  std::int64_t now_ms_;
  std::array<double, 168> week_{};  // mean 1
  std::vector<Swell> swells_;
  std::vector<Story> later_;  // of a clump or a surge, due in hours to come
  std::vector<Story> hour_;
};

}  // namespace tapewatch::bench
