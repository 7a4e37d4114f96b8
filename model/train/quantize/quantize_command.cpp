// Tested by tests/train/quantize/quantize_test.cpp
#include "model/train/quantize/quantize_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "model/train/generic_command.hpp"
#include "model/train/quantize/quantize.hpp"
#include "model/train/subcommand.hpp"

namespace tapewatch::model::train {

int run_quantize(int argc, char** argv) {
  CLI::App app("Writes a model with the word table and the matrices of the encoder's layers in 8-bit integers.",
               "tapewatch-train quantize");
  QuantizeOptions options;
  app.add_option("MODEL", options.model, "The model directory to quantise")->required();
  app.add_option("OUT", options.out, "Model directory to write; must not exist")->required();
  app.add_option(
      "--calibration", options.calibration,
      "Texts like those to be scored, for which weights are rounded, and on which the result is compared with "
      "fp32: one per line, or a TSV with a column `text`");
  app.add_option("--texts", options.texts, "Of these at most, evenly spread")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads for scoring")->check(CLI::Range(1, 256))->capture_default_str();
  return run_subcommand(app, argc, argv, [&] {
    options.command = generic_command({argv, argv + argc});
    fmt::print("{}", to_text(quantize(options)));
  });
}

}  // namespace tapewatch::model::train
