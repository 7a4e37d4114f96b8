// Tested by tests/train/masked/masked_training_test.cpp
#include "model/train/masked/masked_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "model/train/masked/masked_training.hpp"
#include "model/train/subcommand.hpp"

namespace tapewatch::model::train {

int run_mask(int argc, char** argv) {
  CLI::App app("Goes on with the pre-training of an encoder on texts without labels.", "tapewatch-train mask");
  MaskedOptions options;
  app.add_option("ENCODER", options.encoder, "A published BERT or a model directory")->required();
  app.add_option("OUT", options.out, "Directory to write; must not exist")->required();
  app.add_option("--texts", options.texts, "One text per line, or a TSV with a column `text`; repeatable")
      ->required()
      ->allow_extra_args(false);
  app.add_option("--epochs", options.epochs, "Passes over the texts")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--batch", options.batch, "Texts per step")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--max-tokens", options.max_tokens, "Of a text; the rest is left out")
      ->check(CLI::Range(4, 512))
      ->capture_default_str();
  app.add_option("--share", options.masked_share, "Of the pieces that are hidden")
      ->check(CLI::Range(0.01, 0.9))
      ->capture_default_str();
  app.add_option("--held-out", options.held_out, "Share of the texts that are only measured")
      ->check(CLI::Range(0.0, 0.5))
      ->capture_default_str();
  app.add_option("--lr", options.lr, "Learning rate of the topmost layer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--layer-decay", options.layer_decay, "Factor from each layer to the one below it")
      ->check(CLI::Range(0.1, 1.0))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of everything random")->capture_default_str();
  app.add_option("--threads", options.threads, "Threads for matrix products")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--checkpoint", options.checkpoint, "Directory of the state that --resume goes on from");
  app.add_flag("--resume", options.resume, "Go on from --checkpoint");
  app.add_option("--stop-after", options.stop_after, "Stop after this many steps of this process; 0: run to the end")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  return run_subcommand(app, argc, argv, [&] {
    const auto result = train_masked(options, [](const std::string& line) {
      fmt::print("{}\n", line);
      std::fflush(stdout);  // seen as it comes in a file too
    });
    if (!result.finished) return fmt::print("stopped; go on with --resume\n");
    if (result.held_out == 0) return fmt::print("{} steps; no text was held out\n", result.steps);
    fmt::print("hidden pieces of texts held out: loss {:.4f} -> {:.4f}, guessed {:.4f} -> {:.4f}\n", result.before.loss,
               result.after.loss, result.before.accuracy, result.after.accuracy);
  });
}

}  // namespace tapewatch::model::train
