// Tested by tests/train/extend/extend_test.cpp
#include "model/train/extend/extend_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "model/train/extend/extend.hpp"
#include "model/train/generic_command.hpp"
#include "model/train/subcommand.hpp"

namespace tapewatch::model::train {

int run_extend(int argc, char** argv) {
  CLI::App app("Gives a model back pieces of the vocabulary that it was once made from.", "tapewatch-train extend");
  ExtendOptions options;
  app.add_option("MODEL", options.model, "The model directory to extend")->required();
  app.add_option("OUT", options.out, "Model directory to write; must not exist")->required();
  app.add_option("--from", options.encoder, "The encoder that MODEL was made from: vocab.txt, model.safetensors")
      ->required();
  app.add_option("--corpus", options.corpora,
                 "Texts whose words are added: one per line, or a TSV with a column `text`; repeatable")
      ->required()
      ->allow_extra_args(false);
  app.add_option("--min-count", options.min_count, "Pieces are added that the corpora use at least this often")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--add", options.add, "Of these at most, the most used first")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  return run_subcommand(app, argc, argv, [&] {
    options.command = generic_command({argv, argv + argc});
    fmt::print("{}", to_text(extend(options)));
  });
}

}  // namespace tapewatch::model::train
