#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/train/corpus.hpp"

namespace tapewatch::model::train {

/// Everything that one training run depends on. Two runs with equal options over equal files give equal weights.
struct TrainOptions {
  std::string encoder;      // directory with vocab.txt, config.json, model.safetensors: published, or written by us
  std::int64_t layers = 0;  // of the encoder that are kept; 0: all
  std::string layer_choice = "first";  // or "even"
  std::string name = "tapewatch-minilm";

  CorpusFiles train, valid;  // valid: every source in it is reported
  std::vector<std::string> sources = {"sentfin", "tfn", "tfn_topic", "written"};  // that are trained on
  double max_bad_rows = 0.01;                                                     // share
  std::string out;         // model directory written at the end of each best epoch
  std::string checkpoint;  // directory of the resumable state; empty: none is kept
  bool resume = false;

  std::int64_t epochs = 3;
  std::int64_t batch = 32;            // texts a step
  std::int64_t max_tokens = 64;       // of a training text, with [CLS] and [SEP]
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
  double ema = 0.0;  // decay of the weights' moving average, which is then validated and exported; 0: none
  bool freeze_embeddings = false;  // the word table only; positions, types and the norm still learn
  std::int64_t freeze_layers = 0;  // all embeddings and so many of the lowest layers
  std::string pooling = "mean";    // or "cls"
  std::int64_t entity_heads = 6;   // of the entity head, where there are entity labels

  double keep_raw = 0.35;   // share of training texts left as the file has them, links and all
  double swap_names = 0.0;  // share of training texts with entities in which the names are exchanged

  std::vector<std::string> teachers;  // files of soft labels
  double soft_share = 0.7;            // of the teachers' part in the loss
  double soft_temperature = 2.0;

  std::int64_t log_every = 20;
  std::int64_t checkpoint_every = 100;
  std::string command;  // for the model card: how this was run, without this machine's paths
};

}  // namespace tapewatch::model::train
