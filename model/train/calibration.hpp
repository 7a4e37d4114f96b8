#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace tapewatch::model::train {

/// The temperature t within [0.25, 4] that minimises the mean cross entropy of softmax(logits / t) (Guo et al. 2017);
/// logits: [items, classes], labels: [items]; 1 where there is no item. A bias for each class beside it was tried on
/// the validation rows of the built-in model and left out: see README.md.
double fit_temperature(const torch::Tensor& logits, const torch::Tensor& labels);

/// One bin of a reliability diagram.
struct ReliabilityBin {
  double confidence = 0.0;  // mean
  double accuracy = 0.0;
  std::int64_t rows = 0;
};
/// Ten bins of equal mass by falling confidence in the class predicted (fewer where there are fewer items), of
/// probabilities [items, classes] and labels [items].
std::vector<ReliabilityBin> reliability_bins(const torch::Tensor& probabilities, const torch::Tensor& labels);
/// The expected calibration error over these bins: the mean |confidence − accuracy|, weighted by rows.
double expected_error(const std::vector<ReliabilityBin>& bins);

/// A temperature and what it does to items that it has not seen.
struct CrossFitted {
  double temperature = 1.0;     // fitted on all chosen items
  torch::Tensor probabilities;  // [all items, classes] fp64; of a chosen item by a fit without its fold
};
/// Fits on the items `chosen`, in five folds by place.
CrossFitted cross_fitted(const torch::Tensor& logits, const torch::Tensor& labels,
                         const std::vector<std::int64_t>& chosen);

}  // namespace tapewatch::model::train
