#include "model/train/calibration.hpp"

#include <cmath>

namespace tapewatch::model::train {
namespace {

constexpr std::int64_t kFolds = 5;
constexpr std::size_t kBins = 10;
constexpr double kLowest = 0.25, kHighest = 4.0;  // temperatures
constexpr int kSearchSteps = 40;

torch::Tensor probabilities_at(const torch::Tensor& logits, double temperature) {
  return torch::softmax(logits.to(torch::kDouble) / temperature, 1);
}

}  // namespace

double fit_temperature(const torch::Tensor& some_logits, const torch::Tensor& labels) {
  if (labels.numel() == 0) return 1.0;
  const auto logits = some_logits.to(torch::kDouble);
  const auto loss = [&](double log_temperature) {
    return torch::cross_entropy_loss(logits / std::exp(log_temperature), labels).item<double>();
  };
  constexpr double kGolden = 0.6180339887498949;  // golden-section search: the loss has one minimum in 1/t
  double low = std::log(kLowest), high = std::log(kHighest);
  for (int i = 0; i < kSearchSteps; ++i) {
    const double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
    if (loss(a) < loss(b)) {
      high = b;
    } else {
      low = a;
    }
  }
  return std::exp((low + high) / 2.0);
}

std::vector<ReliabilityBin> reliability_bins(const torch::Tensor& probabilities, const torch::Tensor& labels) {
  const auto [confidence, predicted] = probabilities.max(1);
  const auto order = std::get<1>(confidence.sort(true, 0, true));
  const auto sure = confidence.index_select(0, order).to(torch::kDouble);
  const auto right = predicted.eq(labels).index_select(0, order).to(torch::kDouble);
  const auto items = static_cast<std::size_t>(labels.numel());
  std::vector<ReliabilityBin> bins;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const auto begin = static_cast<std::int64_t>(items * bin / kBins);
    const auto end = static_cast<std::int64_t>(items * (bin + 1) / kBins);
    if (begin == end) continue;
    bins.push_back({.confidence = sure.slice(0, begin, end).mean().item<double>(),
                    .accuracy = right.slice(0, begin, end).mean().item<double>(),
                    .rows = end - begin});
  }
  return bins;
}

double expected_error(const std::vector<ReliabilityBin>& bins) {
  double sum = 0.0, rows = 0.0;
  for (const auto& bin : bins) {
    sum += std::abs(bin.confidence - bin.accuracy) * static_cast<double>(bin.rows);
    rows += static_cast<double>(bin.rows);
  }
  return rows == 0.0 ? 0.0 : sum / rows;
}

CrossFitted cross_fitted(const torch::Tensor& logits, const torch::Tensor& labels,
                         const std::vector<std::int64_t>& chosen) {
  torch::NoGradGuard no_grad;
  const auto rows = torch::tensor(chosen, torch::kLong);
  const auto fit = [&](const torch::Tensor& items) {
    return fit_temperature(logits.index_select(0, items), labels.index_select(0, items));
  };
  CrossFitted result{.temperature = fit(rows)};
  result.probabilities = probabilities_at(logits, result.temperature);
  const auto fold_of = torch::arange(rows.numel()).remainder(kFolds);
  for (std::int64_t fold = 0; fold < kFolds; ++fold) {
    const auto in = rows.index_select(0, fold_of.ne(fold).nonzero().squeeze(1));
    const auto out = rows.index_select(0, fold_of.eq(fold).nonzero().squeeze(1));
    if (out.numel() == 0) continue;
    result.probabilities.index_copy_(0, out, probabilities_at(logits.index_select(0, out), fit(in)));
  }
  return result;
}

}  // namespace tapewatch::model::train
