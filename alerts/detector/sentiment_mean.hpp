#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "alerts/detector/shared_baseline.hpp"

namespace tapewatch::alerts {

/// The distribution of sentiment: votes in eighths of [-1, 1], and their sum, which is exact.
struct SentimentHistogram {
  static constexpr std::size_t kBins = 8;
  std::array<double, kBins> votes{};
  double count = 0.0;
  double sum = 0.0;

  static std::size_t bin_of(double sentiment);
  static double centre(std::size_t bin) { return (static_cast<double>(bin) + 0.5) * 0.25 - 1.0; }
  void add(const SentimentHistogram& other, double weight = 1.0);
  void decay(double by);
  double mean() const { return sum / count; }
  /// About the centres of the eighths, which stand for their votes.
  double variance() const;

  void save(BlobWriter&) const;
  void load(BlobReader&);
};

/// ln P(mean of `n` draws <= `mean`), n need not be whole: the saddlepoint approximation of Lugannani and Rice in
/// Barndorff-Nielsen's form (1986). The draws are from `drawn`, moved so that their mean is its exact one. For a mean
/// below theirs; 0 above.
double log_lower_tail(const SentimentHistogram& drawn, double n, double mean);

/// ln of the standard normal distribution function at -x, x > 0.
double log_normal_tail(double x);

/// What the series of a rule have in common: how sentiment is distributed, and how far the mean of an hour and of a day
/// is off from what is expected of it, beyond what its number of stories explains (variances). Stories of one event
/// agree with one another, and moods last.
class SharedMood {
 public:
  void hear(const SentimentHistogram& votes);
  void hear_hour(double residual, double within) { hear(hour_, hour_off(), residual, within); }
  void hear_day(double residual, double within) { hear(day_, day_off(), residual, within); }

  const SentimentHistogram& votes() const { return votes_; }
  double hour_off() const { return estimate(hour_, 0.004, 0.001); }
  double day_off() const { return estimate(day_, 0.002, 0.0005); }

  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  static void hear(Weighed&, double known, double residual, double within);
  static double estimate(const Weighed&, double prior, double least);

  SentimentHistogram votes_;
  Weighed hour_, day_;
};

}  // namespace tapewatch::alerts
