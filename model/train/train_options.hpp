#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tapewatch::model::train {

/// Everything that one training run depends on. Two runs with equal options over equal files give equal weights.
struct TrainOptions {
  std::string encoder;           // directory with vocab.txt, config.json, model.safetensors of a published BERT
  std::string sentiment, topic;  // training TSV files; either may be empty
  std::string valid_sentiment, valid_topic;                            // validation TSV files; either may be empty
  std::vector<std::string> sources = {"sentfin", "tfn", "tfn_topic"};  // rows of other sources are not trained on
  std::string out;         // model directory written at the end of each best epoch
  std::string checkpoint;  // directory of the resumable state; empty: none is kept
  bool resume = false;

  std::int64_t epochs = 3;
  std::int64_t batch = 32;            // rows a step
  std::int64_t max_tokens = 64;       // of a training row, with [CLS] and [SEP]
  std::int64_t run_max_tokens = 128;  // written to config.json: the cut at run time
  std::uint64_t seed = 20240601;
  int threads = 1;
  std::int64_t stop_after = 0;  // steps; 0: run to the end (the schedule is that of the whole run either way)

  double lr_encoder = 5e-5;  // of the topmost layer
  double lr_heads = 5e-4;
  double layer_decay = 0.9;  // factor on the rate from each layer to the one below it
  double weight_decay = 0.01;
  double warmup = 0.06;  // share of all steps
  double clip_norm = 1.0;
  double dropout = 0.1;
  double label_smoothing = 0.05;
  bool freeze_embeddings = false;  // the word table only; positions, types and the norm still learn
  std::string pooling = "mean";    // or "cls"

  double keep_raw = 0.35;  // share of training rows left as the file has them, links and all

  std::int64_t log_every = 20;
  std::int64_t checkpoint_every = 100;
  std::string command;  // for the model card: how this was run, without this machine's paths
};

}  // namespace tapewatch::model::train
