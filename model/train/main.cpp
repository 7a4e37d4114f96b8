#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "model/train/predict.hpp"
#include "model/train/trainer.hpp"

namespace {

using tapewatch::model::train::TrainOptions;

void add_data_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--encoder", options.encoder,
                 "Directory of a published BERT or MPNet (vocab.txt, config.json, model.safetensors), or one of ours")
      ->required();
  app.add_option("--layers", options.layers, "Keep so many of the encoder's layers; 0: all")->capture_default_str();
  app.add_option("--layer-choice", options.layer_choice, "Which layers are kept")
      ->check(CLI::IsMember({"first", "even"}))
      ->capture_default_str();
  app.add_option("--name", options.name, "The model's name in config.json")->capture_default_str();
  const char* const repeatable = "; may be given again";
  app.add_option(
      "--sentiment", options.train.sentiment,
      std::string("Training TSV: label (positive, neutral, negative), text, [source], [topic]") + repeatable);
  app.add_option("--topic", options.train.topic,
                 std::string("Training TSV: label or topic (name or slug), text, [source]") + repeatable);
  app.add_option(
      "--entity", options.train.entity,
      std::string("Training TSV: label, entity, text, [source]: the sentiment towards the entity") + repeatable);
  app.add_option("--valid-sentiment", options.valid.sentiment, "Validation TSV; every source in it is reported");
  app.add_option("--valid-topic", options.valid.topic, "Validation TSV; every source in it is reported");
  app.add_option("--valid-entity", options.valid.entity, "Validation TSV; every source in it is reported");
  app.add_option("--sources", options.sources, "Sources to train on; `written` is that of rows without one")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--max-bad-rows", options.max_bad_rows, "Largest share of rows that cannot be used")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--max-tokens", options.max_tokens, "Cut of training rows")->capture_default_str();
  app.add_option("--run-max-tokens", options.run_max_tokens, "Cut at run time")->capture_default_str();
  app.add_option("--keep-raw", options.keep_raw, "Share of texts trained on as they are")->capture_default_str();
  app.add_option("--swap-names", options.swap_names, "Share of texts with entities whose names are exchanged")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
}

void add_run_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--out", options.out, "Model directory: the best epoch so far");
  app.add_option("--checkpoint", options.checkpoint, "Directory of the resumable state");
  app.add_flag("--resume", options.resume, "Go on from the checkpoint");
  app.add_option("--epochs", options.epochs, "0: validate and export without training")->capture_default_str();
  app.add_option("--batch", options.batch, "Texts a step")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seed", options.seed, "Of all that is random")->capture_default_str();
  app.add_option("--threads", options.threads, "Of matrix products")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--log-every", options.log_every, "Steps")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--checkpoint-every", options.checkpoint_every, "Steps")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--stop-after", options.stop_after, "Stop after so many steps, with a checkpoint")
      ->capture_default_str();
}

void add_learning_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--lr", options.lr_encoder, "Peak rate of the last encoder layer")->capture_default_str();
  app.add_option("--lr-heads", options.lr_heads, "Peak rate of the heads")->capture_default_str();
  app.add_option("--layer-decay", options.layer_decay, "Factor on the rate, layer by layer downwards")
      ->capture_default_str();
  app.add_option("--weight-decay", options.weight_decay, "Decoupled, of matrices")->capture_default_str();
  app.add_option("--warmup", options.warmup, "Share of all steps")->capture_default_str();
  app.add_option("--clip", options.clip_norm, "Largest gradient norm")->capture_default_str();
  app.add_option("--dropout", options.dropout, "Share of activations dropped in training")->capture_default_str();
  app.add_option("--label-smoothing", options.label_smoothing, "Share of the target spread over all classes")
      ->capture_default_str();
  app.add_option("--ema", options.ema, "Decay of the weights' moving average, exported instead of them; 0: none")
      ->check(CLI::Range(0.0, 0.999999))
      ->capture_default_str();
  app.add_flag("--freeze-embeddings", options.freeze_embeddings, "Leave the word table as published");
  app.add_option("--freeze-layers", options.freeze_layers,
                 "Leave all embeddings and so many of the lowest layers as published")
      ->capture_default_str();
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

/// The command line with the folders of paths cut off: it goes into the model card.
std::string generic_command(int argc, char** argv) {
  std::string command = "tapewatch-train";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--resume") continue;
    command += ' ' + (word.find('/') == std::string::npos ? word : std::filesystem::path(word).filename().string());
  }
  return command;
}

}  // namespace

int main(int argc, char** argv) {
  TrainOptions options;
  std::string predict;
  CLI::App app("Fine-tunes a published encoder into a tapewatch model directory.", "tapewatch-train");
  add_data_options(app, options);
  add_run_options(app, options);
  add_learning_options(app, options);
  app.add_option("--predict", predict,
                 "Train nothing: write what the model directory --encoder says of all training texts to this file");
  CLI11_PARSE(app, argc, argv);
  options.command = generic_command(argc, argv);
  try {
    if (predict.empty() && options.out.empty()) throw std::runtime_error("--out or --predict is needed");
    std::ofstream log_file;
    if (!options.out.empty()) {
      std::filesystem::create_directories(options.out);
      log_file.open(std::filesystem::path(options.out) / "train.log", std::ios::app);
    }
    const auto log = [&](const std::string& line) {
      fmt::print("{}\n", line);
      std::fflush(stdout);
      if (log_file.is_open()) log_file << line << std::endl;
    };
    if (!predict.empty()) {
      tapewatch::model::train::predict_soft_labels(options, predict, log);
    } else {
      tapewatch::model::train::train(options, log);
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tapewatch-train: {}\n", error.what());
    return 1;
  }
}
