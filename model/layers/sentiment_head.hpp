#pragma once

#include <array>
#include <span>
#include <vector>

#include "model/layers/dense.hpp"
#include "model/prediction.hpp"

namespace tapewatch::model {

/// The sentiment head of a classifier with other classes than ours: in another order, several for one sentiment (one
/// and two stars for negative), or none for neutral.
struct SentimentHead {
  Dense dense;                     // hidden → outputs
  std::vector<Sentiment> outputs;  // the meaning of each output

  /// One row of `dense`'s outputs as logits of positive, neutral, negative. Several outputs o of one sentiment become
  /// ln Σ exp(o), so that its probability is the sum of theirs; a sentiment without an output has probability 0.
  std::array<float, kSentiments> merge(std::span<const float> row) const;
};

}  // namespace tapewatch::model
