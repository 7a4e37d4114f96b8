// Tested by tests/alerts/detector/gap_tail_test.cpp
#include "alerts/detector/gap_tail.hpp"

#include <algorithm>
#include <limits>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/elementary.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kGapPrior = 20.0;                   // gaps that outweigh what is taken for granted of q
constexpr double kBandPrior = 10.0;                  // and long ones, of the rate in a band
constexpr double kPoissonTail = 0.1353352832366127;  // e^-kThreshold
constexpr double kStartRate = 1.0 / 1.5;             // 1 for Poisson's; news come in clumps

}  // namespace

double GapTail::Rate::log_survival(double stories) const { return -shape * natural_log(1.0 + stories / rate); }

double GapTail::Rate::survived(double log_p) const { return rate * (exponential(-log_p / shape) - 1.0); }

double GapTail::end_of(std::size_t band) {
  return band + 1 < kBands.size() ? kBands[band + 1] : std::numeric_limits<double>::infinity();
}

void GapTail::hear(double gap, double kept) {
  gaps_ = gaps_ * kept + 1.0;
  long_ *= kept;
  for (Band& band : bands_) band.ended *= kept, band.waited *= kept;
  if (gap <= kThreshold) return;
  long_ += 1.0;
  for (std::size_t i = 0; i < kBands.size() && gap > kBands[i]; ++i) {
    bands_[i].waited += std::min(gap, end_of(i)) - kBands[i];
    if (gap <= end_of(i)) bands_[i].ended += 1.0;
  }
}

double GapTail::exceedance(const GapTail* prior) const {
  const double before = prior ? prior->exceedance(nullptr) : kPoissonTail;
  return (long_ + kGapPrior * before) / (gaps_ + kGapPrior);
}

std::array<GapTail::Rate, GapTail::kBands.size()> GapTail::rates(const GapTail* prior) const {
  std::array<Rate, kBands.size()> all{};
  if (prior) all = prior->rates(nullptr);
  double before = kStartRate;
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    if (prior) before = all[i].mean();
    all[i] = {bands_[i].ended + kBandPrior, bands_[i].waited + kBandPrior / before};
    before = all[i].mean();
  }
  return all;
}

double GapTail::beyond(double x, const GapTail* prior) const {
  double log_p = 0.0;
  const auto of_bands = rates(prior);
  for (std::size_t i = 0; i < kBands.size() && x > kBands[i]; ++i) {
    log_p += of_bands[i].log_survival(std::min(x, end_of(i)) - kBands[i]);
  }
  return exceedance(prior) * exponential(log_p);
}

double GapTail::limit(double p, const GapTail* prior) const {
  double left = natural_log(std::min(1.0, p / exceedance(prior)));
  const auto of_bands = rates(prior);
  for (std::size_t i = 0; i + 1 < kBands.size(); ++i) {
    const double whole = of_bands[i].log_survival(end_of(i) - kBands[i]);
    if (left >= whole) return kBands[i] + of_bands[i].survived(left);
    left -= whole;
  }
  return kBands.back() + of_bands.back().survived(left);
}

void GapTail::save(BlobWriter& out) const {
  out.f64(gaps_);
  out.f64(long_);
  for (const Band& band : bands_) out.f64(band.ended), out.f64(band.waited);
}

void GapTail::load(BlobReader& in) {
  gaps_ = in.f64();
  long_ = in.f64();
  for (Band& band : bands_) band.ended = in.f64(), band.waited = in.f64();
}

}  // namespace tapewatch::alerts
