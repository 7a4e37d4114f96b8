#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

#include "model/train/trainer.hpp"

namespace {

using tapewatch::model::train::TrainOptions;

void add_options(CLI::App& app, TrainOptions& options) {
  app.add_option("--encoder", options.encoder,
                 "Directory of a published BERT: vocab.txt, config.json, model.safetensors")
      ->required();
  app.add_option("--sentiment", options.sentiment, "Training TSV: label (positive, neutral, negative), source, text");
  app.add_option("--topic", options.topic, "Training TSV: label (topic name), source, text");
  app.add_option("--valid-sentiment", options.valid_sentiment, "Validation TSV; every source in it is reported");
  app.add_option("--valid-topic", options.valid_topic, "Validation TSV; every source in it is reported");
  app.add_option("--sources", options.sources, "Sources to train on")->delimiter(',')->capture_default_str();
  app.add_option("--out", options.out, "Model directory: the best epoch so far")->required();
  app.add_option("--checkpoint", options.checkpoint, "Directory of the resumable state");
  app.add_flag("--resume", options.resume, "Go on from the checkpoint");
  app.add_option("--epochs", options.epochs, "0: validate and export without training")->capture_default_str();
  app.add_option("--batch", options.batch, "Rows a step")->capture_default_str();
  app.add_option("--max-tokens", options.max_tokens, "Cut of training rows")->capture_default_str();
  app.add_option("--run-max-tokens", options.run_max_tokens, "Cut at run time")->capture_default_str();
  app.add_option("--lr", options.lr_encoder, "Peak rate of the last encoder layer")->capture_default_str();
  app.add_option("--lr-heads", options.lr_heads, "Peak rate of the heads")->capture_default_str();
  app.add_option("--layer-decay", options.layer_decay, "Factor on the rate, layer by layer downwards")
      ->capture_default_str();
  app.add_option("--weight-decay", options.weight_decay)->capture_default_str();
  app.add_option("--warmup", options.warmup, "Share of all steps")->capture_default_str();
  app.add_option("--clip", options.clip_norm, "Largest gradient norm")->capture_default_str();
  app.add_option("--dropout", options.dropout)->capture_default_str();
  app.add_option("--label-smoothing", options.label_smoothing)->capture_default_str();
  app.add_option("--keep-raw", options.keep_raw, "Share of rows trained on as they are")->capture_default_str();
  app.add_flag("--freeze-embeddings", options.freeze_embeddings, "Leave the word table as published");
  app.add_option("--pooling", options.pooling)->check(CLI::IsMember({"mean", "cls"}))->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--threads", options.threads)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--log-every", options.log_every, "Steps")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--checkpoint-every", options.checkpoint_every, "Steps")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--stop-after", options.stop_after, "Stop after so many steps, with a checkpoint")
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
  CLI::App app("Fine-tunes a published BERT encoder into a tapewatch model directory.", "tapewatch-train");
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  options.command = generic_command(argc, argv);
  try {
    std::filesystem::create_directories(options.out);
    std::ofstream log_file(std::filesystem::path(options.out) / "train.log", std::ios::app);
    const auto log = [&](const std::string& line) {
      fmt::print("{}\n", line);
      std::fflush(stdout);
      log_file << line << std::endl;
    };
    tapewatch::model::train::train(options, log);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tapewatch-train: {}\n", error.what());
    return 1;
  }
}
