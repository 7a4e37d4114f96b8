#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "model/train/extend/extend_command.hpp"
#include "model/train/generic_command.hpp"
#include "model/train/language/language_command.hpp"
#include "model/train/learn/trainer.hpp"
#include "model/train/masked/masked_command.hpp"
#include "model/train/predict.hpp"
#include "model/train/prune/prune_command.hpp"
#include "model/train/quantize/quantize_command.hpp"

namespace {

using tapewatch::model::train::generic_command;
using tapewatch::model::train::TrainOptions;

constexpr int kUsage = 2;

void add_class_weights(const std::vector<std::string>& given, TrainOptions& options) {
  for (const auto& one : given) {
    const auto equals = one.rfind('=');
    double weight = 0.0;
    if (equals == std::string::npos || !CLI::detail::lexical_cast(one.substr(equals + 1), weight)) {
      throw CLI::ValidationError("--class-weight", "expected CLASS=WEIGHT such as negative=2, found " + one);
    }
    options.class_weights.emplace_back(one.substr(0, equals), weight);
  }
}

void add_data_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--encoder", options.encoder,
                 "Directory of a published BERT or MPNet (vocab.txt, config.json, model.safetensors), or one of ours");
  app.add_option("--from-scratch", options.from_scratch, "Start with an encoder of random weights instead")
      ->check(CLI::IsMember({"bert", "mpnet", "lstm"}));
  app.add_option("--vocab", options.vocabulary, "vocab.txt of an encoder from scratch; default: that of --encoder");
  app.add_option("--hidden-size", options.hidden_size, "Hidden size of an encoder from scratch")->capture_default_str();
  app.add_option("--heads", options.scratch_heads, "Attention heads of an encoder from scratch")->capture_default_str();
  app.add_option("--layers", options.layers, "Keep this many of the encoder's layers, 0: all; from scratch 0: 6")
      ->capture_default_str();
  app.add_option("--layer-choice", options.layer_choice, "Which layers are kept")
      ->check(CLI::IsMember({"first", "even"}))
      ->capture_default_str();
  app.add_option("--name", options.name, "The model's name in config.json")->capture_default_str();
  const char* const repeatable = "; repeatable";
  app.add_option(
      "--sentiment", options.train.sentiment,
      std::string("Training file (TSV, .csv or .ndjson): label (positive, neutral, negative or a score in [-1, 1]), "
                  "text, [source], [topic]") +
          repeatable);
  app.add_option("--topic", options.train.topic,
                 std::string("Training file: label or topic (name or slug), text, [source]") + repeatable);
  app.add_option(
      "--entity", options.train.entity,
      std::string("Training file: label, entity, text, [source]: the sentiment towards the entity") + repeatable);
  app.add_option(
      "--unlabelled", options.train.unlabelled,
      std::string("Texts without labels: text, [entity], [source]; --predict scores them, --teacher's labels are "
                  "learned from them") +
          repeatable);
  app.add_option("--unlabelled-ratio", options.unlabelled_ratio,
                 "Texts without labels per labelled one in an epoch; different ones every epoch")
      ->capture_default_str();
  app.add_option("--valid-sentiment", options.valid.sentiment, "Validation file; every source in it is reported");
  app.add_option("--valid-topic", options.valid.topic, "Validation file; every source in it is reported");
  app.add_option("--valid-entity", options.valid.entity, "Validation file; every source in it is reported");
  app.add_option("--valid-share", options.valid_share,
                 "Share of the training texts held out where no validation file is given")
      ->capture_default_str();
  app.add_option("--sources", options.sources,
                 "Sources to train on; all others are left out; rows without a source count as `written`")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--max-bad-rows", options.max_bad_rows, "Largest share of rows that cannot be used")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--max-tokens", options.max_tokens, "Training rows are cut to this length")->capture_default_str();
  app.add_option("--run-max-tokens", options.run_max_tokens, "Longest text at run time")->capture_default_str();
  app.add_option("--keep-raw", options.keep_raw, "Share of texts trained on as they are")->capture_default_str();
  app.add_option("--perturb", options.perturb,
                 "Share of texts with typing errors, stray markup, links, symbols and numbers in other forms")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--swap-names", options.swap_names, "Share of texts with entities whose names are exchanged")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
}

void add_run_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--out", options.out, "Model directory: the best epoch so far");
  app.add_option("--checkpoint", options.checkpoint, "Directory of the state to resume from");
  app.add_flag("--resume", options.resume, "Continue from the checkpoint");
  app.add_option("--epochs", options.epochs, "0: validate and export without training")->capture_default_str();
  app.add_flag("--keep-last", options.keep_last, "Write the last epoch, not the one that validates best");
  app.add_option("--patience", options.patience, "Stop after this many epochs without a better validation; 0: never")
      ->capture_default_str();
  app.add_option("--batch", options.batch, "Texts a step")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of everything random")->capture_default_str();
  app.add_option("--threads", options.threads, "Threads for matrix products")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--log-every", options.log_every, "Steps")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--checkpoint-every", options.checkpoint_every, "Steps")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--stop-after", options.stop_after, "Stop after this many steps, with a checkpoint")
      ->capture_default_str();
}

void add_learning_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--lr", options.lr_encoder, "Peak rate of the last encoder layer")->capture_default_str();
  app.add_option("--lr-heads", options.lr_heads, "Peak rate of the heads")->capture_default_str();
  app.add_option("--layer-decay", options.layer_decay, "Factor on the rate, layer by layer downwards")
      ->capture_default_str();
  app.add_option("--optimiser", options.optimiser, "How a gradient becomes a step")
      ->check(CLI::IsMember({"adamw", "adam", "sgd", "adagrad"}))
      ->capture_default_str();
  app.add_option("--momentum", options.momentum, "Of sgd")->capture_default_str();
  app.add_option("--weight-decay", options.weight_decay, "Decoupled decay of matrices (adamw)")->capture_default_str();
  app.add_option("--l2", options.l2, "L2 penalty on matrices, through the gradient")->capture_default_str();
  app.add_option("--schedule", options.schedule, "How the rates fall after the warm-up")
      ->check(CLI::IsMember({"linear", "cosine", "constant"}))
      ->capture_default_str();
  app.add_option("--warmup", options.warmup, "Share of all steps with rising rates")->capture_default_str();
  app.add_option("--clip", options.clip_norm, "Largest gradient norm")->capture_default_str();
  app.add_option("--dropout", options.dropout, "Share of activations dropped in training")->capture_default_str();
  app.add_option("--label-smoothing", options.label_smoothing, "Share of the target spread over all classes")
      ->capture_default_str();
  app.add_option("--risk-share", options.risk_share, "Weight of risk events and gravities in the loss")
      ->capture_default_str();
  app.add_flag("--squared-error", options.squared_error,
               "Sentiments: mean squared error of P(positive) - P(negative) instead of cross entropy");
  app.add_flag("--balanced-classes", options.balanced_classes, "Give every class the same weight in the cross entropy");
  app.add_option_function<std::vector<std::string>>(
      "--class-weight", [&options](const std::vector<std::string>& given) { add_class_weights(given, options); },
      "Weight of a class in the cross entropy, such as negative=2; topics by id; with "
      "--balanced-classes a factor; repeatable");
  app.add_option("--ema", options.ema, "Decay of the weights' moving average, exported instead of them; 0: none")
      ->check(CLI::Range(0.0, 0.999999))
      ->capture_default_str();
  app.add_flag("--freeze-embeddings", options.freeze_embeddings, "Leave the word table as published");
  app.add_option("--freeze-layers", options.freeze_layers,
                 "Leave all embeddings and this many of the lowest layers as published")
      ->capture_default_str();
  app.add_flag("--only-risk-heads", options.only_risk_heads, "Teach the risk heads and leave all the rest as it is");
  app.add_option("--pooling", options.pooling, "The state that stands for a text: the mean or the first")
      ->check(CLI::IsMember({"mean", "cls"}))
      ->capture_default_str();
  app.add_option("--entity-heads", options.entity_heads, "Attention heads of the entity head")->capture_default_str();
  app.add_option("--teacher", options.teachers, "File of soft labels (--predict) to learn from; several are averaged");
  app.add_option("--soft-share", options.soft_share, "α: the teachers' share of the loss")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--soft-temperature", options.soft_temperature, "T: softens the teachers' and the student's logits")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

void add_adapter_options(CLI::App& app, TrainOptions& options, std::string& kind) {
  app.add_option("--adapters", kind, "Learn small additions to the encoder's matrices instead of the encoder")
      ->check(CLI::IsMember({"none", "lora", "adalora"}))
      ->capture_default_str();
  app.add_option("--rank", options.adapters.rank, "Rank of every addition at the start")->capture_default_str();
  app.add_option("--alpha", options.adapters.alpha, "Additions are scaled by alpha / rank")->capture_default_str();
  app.add_option("--adapt", options.adapters.matrices, "query, key, value, output, intermediate, ffn")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--lr-adapters", options.lr_adapters, "Peak rate of the additions")->capture_default_str();
  app.add_option("--target-rank", options.target_rank, "adalora: singular values kept at the end, on average")
      ->capture_default_str();
  app.add_option("--rank-warmup", options.rank_warmup, "adalora: share of the steps before pruning")
      ->capture_default_str();
  app.add_option("--rank-finish", options.rank_finish, "adalora: share of the steps after pruning")
      ->capture_default_str();
  app.add_option("--rank-every", options.rank_every, "adalora: steps between two prunings")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--orthogonality", options.orthogonality, "adalora: weight of the regulariser")->capture_default_str();
}

void run(const TrainOptions& options, const std::string& predict) {
  std::ofstream log_file;
  if (predict.empty()) {
    std::filesystem::create_directories(options.out);
    log_file.open(std::filesystem::path(options.out) / "train.log", std::ios::app);
  }
  tapewatch::model::train::ProgressBar bar(stdout);
  const auto log = [&](const std::string& line) {
    bar.line(line);
    if (log_file.is_open()) log_file << line << std::endl;
  };
  if (!predict.empty()) return tapewatch::model::train::predict_soft_labels(options, predict, log);
  const auto state = [&](const tapewatch::model::train::RunState& now) { bar.draw(now); };
  tapewatch::model::train::train(options, {.line = log, .state = state});
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "prune") return tapewatch::model::train::run_prune(argc - 1, argv + 1);
  if (first == "extend") return tapewatch::model::train::run_extend(argc - 1, argv + 1);
  if (first == "mask") return tapewatch::model::train::run_mask(argc - 1, argv + 1);
  if (first == "language") return tapewatch::model::train::run_language(argc - 1, argv + 1);
  if (first == "quantize") return tapewatch::model::train::run_quantize(argc - 1, argv + 1);
  TrainOptions options;
  std::string predict;
  CLI::App app("Fine-tunes a published encoder into a tapewatch model directory.", "tapewatch-train");
  add_data_options(app, options);
  add_run_options(app, options);
  add_learning_options(app, options);
  std::string adapters = "none";
  add_adapter_options(app, options, adapters);
  app.add_option(
      "--predict", predict,
      "Train nothing: write the predictions of the model directory --encoder for all training texts to this file");
  try {
    app.parse(argc, argv);
    options.command = generic_command({argv + 1, argv + argc});
    options.adapters.kind = tapewatch::model::train::adapter_kind_named(adapters);
    if (predict.empty() && options.out.empty()) throw std::invalid_argument("--out or --predict is needed");
    tapewatch::model::train::check(options);
    run(options, predict);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "tapewatch-train: {}\n", error.what());
    return kUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tapewatch-train: {}\n", error.what());
    return 1;
  }
}
