#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/train/labelled_rows.hpp"

namespace tapewatch::model {
class Tokenizer;
}

namespace tapewatch::model::train {

/// A text as token ids with its labels.
struct EncodedRow {
  std::vector<std::int64_t> ids;
  std::int64_t sentiment = kNoLabel, topic = kNoLabel;
};

/// One step's tensors, padded to its longest row.
struct Batch {
  torch::Tensor ids;        // [rows, tokens] int64
  torch::Tensor mask;       // [rows, tokens] float
  torch::Tensor sentiment;  // [rows] int64, kNoLabel where the row has none
  torch::Tensor topic;      // [rows] int64, likewise
};
Batch make_batch(const std::vector<EncodedRow>& rows, std::span<const std::size_t> chosen);

/// The training rows of an epoch, varied (vary_headline) by a generator that depends on seed and epoch alone, so a
/// resumed run sees the same.
struct EpochText {
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;
  std::int64_t max_tokens = 64;
  double keep_raw = 0.35;
};
std::vector<EncodedRow> encode_epoch(const std::vector<LabelledRow>& rows, const Tokenizer& tokenizer,
                                     const EpochText& text);

/// Rows as they are (or cleaned), for validation.
std::vector<EncodedRow> encode_rows(const std::vector<LabelledRow>& rows, const Tokenizer& tokenizer,
                                    std::int64_t max_tokens, bool clean);

/// Which rows go into which step: shuffled, sorted by length inside runs of 64 batches so that little is padding,
/// batches shuffled again. A function of seed, epoch and lengths alone.
std::vector<std::vector<std::size_t>> plan_batches(const std::vector<EncodedRow>& rows, std::int64_t batch,
                                                   std::uint64_t seed, std::int64_t epoch);
/// All rows in order of length, for validation.
std::vector<std::vector<std::size_t>> plan_by_length(const std::vector<EncodedRow>& rows, std::int64_t batch);

}  // namespace tapewatch::model::train
