#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tapewatch::model::train {

/// All inputs of one run of masked pre-training. Equal options over equal files give equal weights on one thread.
struct MaskedOptions {
  std::string encoder;             // directory: a published BERT, or a model directory of ours
  std::string out;                 // directory to write: the same with another encoder
  std::vector<std::string> texts;  // files: one text per line, or a TSV with a column `text`
  std::string checkpoint;          // directory of the state to resume from; empty: none is kept
  bool resume = false;
  std::int64_t epochs = 1;
  std::int64_t batch = 32;       // texts per step
  std::int64_t max_tokens = 64;  // of a text, with [CLS] and [SEP]
  std::uint64_t seed = 1;
  int threads = 1;
  double masked_share = 0.15;   // of the pieces of a text that are to be guessed
  double held_out = 0.02;       // share of the texts that are only measured
  double lr = 1e-4;             // of the topmost layer, at the schedule's peak
  double layer_decay = 0.95;    // factor from each layer to the one below it
  double warmup = 0.06;         // share of all steps
  std::int64_t stop_after = 0;  // steps; 0: run to the end (the schedule is that of the whole run either way)
  std::int64_t checkpoint_every = 200;
  std::int64_t log_every = 50;
};

}  // namespace tapewatch::model::train
