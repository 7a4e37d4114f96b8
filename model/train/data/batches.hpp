#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/train/data/corpus.hpp"
#include "model/train/data/soft_labels.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model {
class Tokenizer;
}

namespace tapewatch::model::train {

struct EncodedEntity {
  std::vector<std::size_t> tokens;  // places of the mention's tokens; of all tokens if it was not found
  std::int64_t label = kNoLabel;
  float score = 0.0F;
  RiskLabel risk;
};

/// A text as token ids with its labels.
struct EncodedRow {
  std::vector<std::int64_t> ids;
  std::int64_t sentiment = kNoLabel, topic = kNoLabel;
  float score = 0.0F;  // of the sentiment
  RiskLabel risk;
  std::vector<EncodedEntity> entities;  // in the order of TrainingText::entities
};

/// One step's tensors, padded to its longest row. Missing labels are kNoLabel.
struct Batch {
  NetworkInput input;
  torch::Tensor sentiment;                     // [rows] int64
  torch::Tensor topic;                         // [rows] int64
  torch::Tensor entity;                        // [entities] int64; not defined without entities
  torch::Tensor event, gravity;                // [rows] int64
  torch::Tensor entity_event, entity_gravity;  // [entities] int64; not defined without entities
  torch::Tensor score;                         // [rows] float, of the sentiments
  torch::Tensor entity_score;                  // [entities] float
  SoftBatch soft;                              // the teachers' soft labels

  const torch::Tensor& labels(Task task) const;
};
Batch make_batch(const std::vector<EncodedRow>& rows, std::span<const std::size_t> chosen);

/// How the training texts of an epoch are varied, by a generator that depends only on seed and epoch, so that a resumed
/// run sees the same texts.
struct EpochText {
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;
  std::int64_t max_tokens = 64;
  double keep_raw = 0.35;                   // vary_headline
  double swap_names = 0.0;                  // share of texts with entities in which names are exchanged (swap_names)
  double perturb = 0.0;                     // share of texts whose surface is changed (perturbation.hpp)
  std::span<const std::string> names = {};  // replacements for the names
};
std::vector<EncodedRow> encode_epoch(const std::vector<TrainingText>& texts, const Tokenizer& tokenizer,
                                     const EpochText& how);

/// Texts unchanged (or cleaned), for validation.
std::vector<EncodedRow> encode_texts(const std::vector<TrainingText>& texts, const Tokenizer& tokenizer,
                                     std::int64_t max_tokens, bool clean);

/// `count` of the rows in `pool`, a different part every epoch until all have been used: a function of seed and epoch
/// alone. No row twice; all rows if `count` is at least their number.
std::vector<std::size_t> epoch_share(std::vector<std::size_t> pool, std::size_t count, std::uint64_t seed,
                                     std::int64_t epoch);

/// The rows of each step, from `chosen`: shuffled, sorted by length inside runs of 64 batches so that little is
/// padding, batches shuffled again. A function of seed, epoch and lengths alone.
std::vector<std::vector<std::size_t>> plan_batches(const std::vector<EncodedRow>& rows, std::vector<std::size_t> chosen,
                                                   std::int64_t batch, std::uint64_t seed, std::int64_t epoch);
/// The rows `chosen` in order of length, for validation.
std::vector<std::vector<std::size_t>> plan_by_length(const std::vector<EncodedRow>& rows,
                                                     std::vector<std::size_t> chosen, std::int64_t batch);

}  // namespace tapewatch::model::train
