#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/text/vocabulary.hpp"
#include "model/train/data/training_text.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// What one step guesses.
struct MaskedBatch {
  torch::Tensor ids;      // [rows, tokens] int64, with masks
  torch::Tensor mask;     // [rows, tokens] float, 1 for a token, 0 for padding
  torch::Tensor places;   // [guessed] int64, into rows · tokens
  torch::Tensor guessed;  // [guessed] int64: the ids that stood there
};

/// Hides a share of each text's pieces, at least one where it has any: of these eight in ten become [MASK] ([UNK] in a
/// vocabulary without it), one in ten another piece, and one stays (Devlin et al. 2019). [CLS] and [SEP] stay.
MaskedBatch make_masked_batch(std::span<const std::vector<std::int64_t>> rows, const Vocabulary& vocabulary,
                              double share, Random& random);

}  // namespace tapewatch::model::train
