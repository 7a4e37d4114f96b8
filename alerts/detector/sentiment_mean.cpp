// Tested by tests/alerts/detector/mean_sentiment_test.cpp
#include "alerts/detector/sentiment_mean.hpp"

#include <algorithm>
#include <cmath>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/elementary.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kWithinBin = 0.25 * 0.25 / 12.0;  // the variance of votes that lie evenly in an eighth
constexpr double kVotesMemory = 1.0 / 20'000.0;
constexpr double kLessonDecay = 1.0 - 1.0 / 2'000.0;
constexpr double kPriorWeight = 1'000.0;  // of ten lessons about the mean of a few stories

/// The cumulant generating function of a histogram and its derivatives.
struct Cumulants {
  double value = 0.0, slope = 0.0, curvature = 0.0;
};

Cumulants cumulants(const SentimentHistogram& drawn, double shift, double tilt) {
  double total = 0.0, first = 0.0, second = 0.0;
  for (std::size_t b = 0; b < SentimentHistogram::kBins; ++b) {
    const double x = SentimentHistogram::centre(b) + shift;
    const double weight = drawn.votes[b] / drawn.count * exponential(tilt * x);
    total += weight;
    first += weight * x;
    second += weight * x * x;
  }
  Cumulants out;
  out.value = natural_log(total);
  out.slope = first / total;
  out.curvature = std::max(second / total - out.slope * out.slope, 1e-9);
  return out;
}

}  // namespace

std::size_t SentimentHistogram::bin_of(double sentiment) {
  return static_cast<std::size_t>(std::clamp((sentiment + 1.0) * 4.0, 0.0, static_cast<double>(kBins) - 1.0));
}

void SentimentHistogram::add(const SentimentHistogram& other, double weight) {
  for (std::size_t b = 0; b < kBins; ++b) votes[b] += other.votes[b] * weight;
  count += other.count * weight;
  sum += other.sum * weight;
}

void SentimentHistogram::decay(double by) {
  for (double& v : votes) v *= by;
  count *= by;
  sum *= by;
}

double SentimentHistogram::variance() const {
  double first = 0.0, second = 0.0;
  for (std::size_t b = 0; b < kBins; ++b) {
    first += votes[b] * centre(b);
    second += votes[b] * centre(b) * centre(b);
  }
  first /= count;
  return second / count - first * first + kWithinBin;
}

void SentimentHistogram::save(BlobWriter& out) const {
  for (const double v : votes) out.f64(v);
  out.f64(count);
  out.f64(sum);
}

void SentimentHistogram::load(BlobReader& in) {
  for (double& v : votes) v = in.f64();
  count = in.f64();
  sum = in.f64();
}

/// Mills' ratio by Laplace's continued fraction; for small x its first terms, from Abramowitz and Stegun 26.2.17.
double log_normal_tail(double x) {
  constexpr double kLogRootTwoPi = 0.91893853320467274178;
  if (x < 1.0) {
    const double t = 1.0 / (1.0 + 0.2316419 * x);
    const double sum =
        t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return -0.5 * x * x - kLogRootTwoPi + natural_log(sum);
  }
  double fraction = x;
  for (int k = 60; k >= 1; --k) fraction = x + static_cast<double>(k) / fraction;
  return -0.5 * x * x - kLogRootTwoPi - natural_log(fraction);
}

double log_lower_tail(const SentimentHistogram& drawn, double n, double mean) {
  double centres = 0.0, lowest = 1.0;
  for (std::size_t b = 0; b < SentimentHistogram::kBins; ++b) {
    centres += drawn.votes[b] / drawn.count * SentimentHistogram::centre(b);
    if (drawn.votes[b] > 0.0) lowest = std::min(lowest, SentimentHistogram::centre(b));
  }
  const double shift = drawn.mean() - centres;
  const double at = std::max(mean, lowest + shift + 0.02);  // the lowest one itself needs an infinite tilt
  if (at >= drawn.mean() - 1e-6) return 0.0;
  double low = -200.0, high = 0.0, tilt = -1.0;
  Cumulants k;
  for (int i = 0; i < 40; ++i) {  // Newton's steps, kept between bounds
    k = cumulants(drawn, shift, tilt);
    (k.slope > at ? high : low) = tilt;
    const double next = tilt - (k.slope - at) / k.curvature;
    const double step = next > low && next < high ? next : 0.5 * (low + high);
    if (std::abs(step - tilt) < 1e-9) break;
    tilt = step;
  }
  const double w = std::sqrt(std::max(2.0 * n * (tilt * at - k.value), 1e-12));
  const double u = -tilt * std::sqrt(n * k.curvature);
  const double distance = w + natural_log(std::max(u, 1e-9) / w) / w;
  return distance <= 0.0 ? 0.0 : log_normal_tail(distance);
}

void SharedMood::hear(const SentimentHistogram& votes) {
  votes_.decay(1.0 - std::min(0.5, votes.count * kVotesMemory));
  votes_.add(votes);
}

/// A lesson of a mean that is `residual` off, where `within` is what its stories explain.
void SharedMood::hear(Weighed& into, double known, double residual, double within) {
  const double variance = within + known;
  const double weight = 1.0 / (variance * variance);
  const double squared = std::min(residual * residual, 9.0 * variance);  // an outbreak is not learned
  into.decay(kLessonDecay);
  into.add({weight * (squared - within), weight});
}

double SharedMood::estimate(const Weighed& heard, double prior, double least) {
  return std::max(least, (heard.sum + kPriorWeight * prior) / (heard.weight + kPriorWeight));
}

void SharedMood::save(BlobWriter& out) const {
  votes_.save(out);
  for (const Weighed& e : {hour_, day_}) out.f64(e.sum), out.f64(e.weight);
}

void SharedMood::load(BlobReader& in) {
  votes_.load(in);
  for (Weighed* e : {&hour_, &day_}) e->sum = in.f64(), e->weight = in.f64();
}

}  // namespace tapewatch::alerts
