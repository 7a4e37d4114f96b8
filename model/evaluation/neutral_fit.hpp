#pragma once

#include <cstddef>
#include <span>

#include "model/evaluation/bootstrap.hpp"
#include "model/evaluation/mixing.hpp"

namespace tapewatch::model {

/// Rows from which a bias can be learned: fewer leave it anywhere.
inline constexpr std::size_t kLeastNeutralRows = 30;
inline constexpr double kMostNeutralBias = 5.0;  // log-odds

/// Where neutral begins for somebody's labels.
struct NeutralFit {
  std::size_t rows = 0;
  double bias = 0;    // of the neutral's log-odds, with the lowest loss
  Interval interval;  // 95 %, from the curvature of the likelihood (Wald)
  double loss_before = 0, loss_after = 0;
  double accuracy_before = 0;
  double accuracy_after = 0;         // on the rows it was learned from
  double accuracy_cross_fitted = 0;  // of each tenth of the rows with the bias of the others
};

/// Whether some rows are neutral and some are not: without both, any bias fits.
bool has_both_sides(std::span<const MixingRow> rows);

/// By maximum likelihood, from -kMostNeutralBias to kMostNeutralBias. `rows`: their `shift` is 1 for neutral and 0 for
/// the others; at least one.
NeutralFit fit_neutral(std::span<const MixingRow> rows);

}  // namespace tapewatch::model
