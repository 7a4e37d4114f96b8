#include "model/train/quantize/calibrated_rounding.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::model::train {
namespace {

constexpr double kLargest = 127;
// Of the mean of the diagonal, added to it: inputs that were never seen must not make others' errors free.
constexpr double kDamping = 0.01;

}  // namespace

CalibratedRounding::CalibratedRounding(const Moments& moments) : inputs_(moments.inputs()), factor_(inputs_ * inputs_) {
  double trace = 0;
  for (std::size_t i = 0; i < inputs_; ++i) trace += moments.at(i, i);
  const double damping = trace > 0 ? kDamping * trace / static_cast<double>(inputs_) : 1;
  // Cholesky's recurrence from the last row up: R(i,j) for i ≤ j from the columns behind j.
  for (std::size_t j = inputs_; j-- > 0;) {
    for (std::size_t i = 0; i <= j; ++i) {
      const double* one = factor_.data() + i * inputs_;
      const double* other = factor_.data() + j * inputs_;
      double sum = moments.at(i, j) + (i == j ? damping : 0.0);
      for (std::size_t k = j + 1; k < inputs_; ++k) sum -= one[k] * other[k];
      factor_[i * inputs_ + j] = sum;
    }
    const double diagonal = std::sqrt(std::max(factor_[j * inputs_ + j], damping * 1e-3));
    for (std::size_t i = 0; i < j; ++i) factor_[i * inputs_ + j] /= diagonal;
    factor_[j * inputs_ + j] = diagonal;
  }
}

void CalibratedRounding::append(std::span<const float> weight, QuantisedWeights& to) const {
  QuantisedWeights nearest;  // for the scales
  append_quantised(weight, inputs_, nearest);
  std::vector<double> carried(inputs_);  // Σ error(i) · R(i,j) over the weights i before j
  for (std::size_t row = 0; row < nearest.scales.size(); ++row) {
    const double scale = nearest.scales[row];
    std::ranges::fill(carried, 0.0);
    for (std::size_t j = 0; j < inputs_; ++j) {
      const double* factor = factor_.data() + j * inputs_;
      const double w = weight[row * inputs_ + j];
      const double q = std::clamp(std::nearbyint((w + carried[j] / factor[j]) / scale), -kLargest, kLargest);
      nearest.values[row * inputs_ + j] = static_cast<std::int8_t>(q);
      const double error = w - q * scale;
      for (std::size_t k = j + 1; k < inputs_; ++k) carried[k] += error * factor[k];
    }
  }
  to.values.insert(to.values.end(), nearest.values.begin(), nearest.values.end());
  to.scales.insert(to.scales.end(), nearest.scales.begin(), nearest.scales.end());
}

}  // namespace tapewatch::model::train
