#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/train/data/corpus.hpp"
#include "model/train/network/adapter_options.hpp"

namespace tapewatch::model::train {

/// All inputs of one training run. Two runs with equal options over equal files give equal weights.
struct TrainOptions {
  std::string encoder;       // directory with vocab.txt, config.json, model.safetensors: published, or our own
  std::string from_scratch;  // bert, mpnet or lstm: an encoder with random weights instead; "": the published one
  std::string vocabulary;    // vocab.txt for it; "": the encoder's
  std::int64_t hidden_size = 384, scratch_heads = 12;  // of it
  std::int64_t layers = 0;             // layers of the published encoder to keep, 0: all; or of the new one, 0: 6
  std::string layer_choice = "first";  // or "even"
  std::string name = "tapewatch-minilm";

  CorpusFiles train, valid;  // valid: every source in it is reported
  double valid_share = 0.1;  // share of the training texts, held out if `valid` has no file
  std::vector<std::string> sources = {"sentfin", "tfn", "tfn_topic", "written"};  // that are trained on
  double max_bad_rows = 0.01;                                                     // share
  std::string out;         // model directory, written at the end of each best epoch
  std::string checkpoint;  // directory of the state to resume from; empty: none is kept
  bool resume = false;

  std::int64_t epochs = 3;
  std::int64_t batch = 32;            // texts per step
  std::int64_t max_tokens = 64;       // of a training text, with [CLS] and [SEP]
  std::int64_t run_max_tokens = 128;  // written to config.json: the cut at run time
  std::uint64_t seed = 20240601;
  int threads = 1;
  bool keep_last = false;       // the last epoch is written, whatever the validation says
  std::int64_t patience = 0;    // epochs without a better validation before the run ends; 0: all epochs run
  std::int64_t stop_after = 0;  // steps; 0: run to the end (the schedule is that of the whole run either way)

  double lr_encoder = 5e-5;  // of the topmost layer
  double lr_heads = 5e-4;
  double layer_decay = 0.9;         // factor on the rate from each layer to the one below it
  std::string optimiser = "adamw";  // or adam, sgd, adagrad
  double momentum = 0.9;            // of sgd
  double weight_decay = 0.01;       // decoupled, adamw's
  double l2 = 0.0;                  // through the gradient, for any optimiser
  std::string schedule = "linear";  // or cosine, constant: after the warm-up
  double warmup = 0.06;             // share of all steps
  double clip_norm = 1.0;
  double dropout = 0.1;
  double label_smoothing = 0.05;
  double risk_share = 1.0;        // weight of events and gravities in the loss, beside the other tasks
  bool squared_error = false;     // for sentiments: mean squared error of the score instead of cross entropy
  bool balanced_classes = false;  // every class has the same weight in the cross entropy
  std::vector<std::pair<std::string, double>> class_weights;  // by class: an additional factor
  double ema = 0.0;  // decay of the weights' moving average, which is then validated and exported; 0: none
  bool freeze_embeddings = false;  // the word table only; positions, types and the norm still learn
  std::int64_t freeze_layers = 0;  // all embeddings and this many of the lowest layers
  bool only_risk_heads = false;    // nothing else learns
  std::string pooling = "mean";    // or "cls"
  std::int64_t entity_heads = 6;   // of the entity head, where there are entity labels

  AdapterOptions adapters;  // instead of training the encoder's own weights
  double lr_adapters = 5e-4;
  double target_rank = 4.0;    // AdaLoRA: singular values kept, on average of all matrices
  double rank_warmup = 0.1;    // AdaLoRA: share of the steps before pruning begins
  double rank_finish = 0.3;    // AdaLoRA: share of the steps at the end, with the budget reached and fixed
  double rank_every = 10.0;    // AdaLoRA: steps between two prunings
  double orthogonality = 0.1;  // AdaLoRA: the regulariser's weight

  double keep_raw = 0.35;   // share of training texts left unchanged, including links
  double swap_names = 0.0;  // share of training texts with entities in which the names are exchanged
  double perturb = 0.0;     // share of training texts whose surface is changed (perturbation.hpp)

  std::vector<std::string> teachers;  // files of soft labels
  double unlabelled_ratio = 1.0;      // texts without labels per labelled one in an epoch
  double soft_share = 0.7;            // share of the teachers' part in the loss
  double soft_temperature = 2.0;

  std::int64_t log_every = 20;
  std::int64_t checkpoint_every = 100;
  std::string command;  // for the model card: the command, without this machine's paths
};

/// Throws std::invalid_argument naming the contradictory option and the remedy.
void check(const TrainOptions& options);

/// All options that the sequence of steps depends on: runs that differ in them are different runs.
std::string described_learning(const TrainOptions& options);

}  // namespace tapewatch::model::train
