// Tested by tests/train/prune/prune_test.cpp
#include "model/train/prune/prune_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "model/package/indented_json.hpp"
#include "model/package/model_error.hpp"
#include "model/train/generic_command.hpp"
#include "model/train/prune/prune.hpp"
#include "model/train/subcommand.hpp"

namespace tapewatch::model::train {
namespace {

void add_options(CLI::App& app, PruneOptions& options) {
  app.add_option("MODEL", options.model, "The model directory to prune")->required();
  app.add_option("--out", options.out, "Model directory to write; must not exist")->required();
  app.add_option("--name", options.name, "Name of the pruned model; default: the model's name with -pruned");
  app.add_option("--corpus", options.corpora,
                 "Texts whose pieces stay in the vocabulary: one per line, or a TSV with a column `text`; repeatable")
      ->allow_extra_args(false);
  app.add_option("--min-count", options.vocabulary.min_count, "Pieces stay that the corpora use at least this often")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--keep", options.vocabulary.keep,
                 "Total number of pieces that stay: the most frequent of the used ones");
  app.add_option("--layers", options.layers, "Layers that stay; 0: all")->capture_default_str();
  app.add_flag("--even", options.even_layers,
               "With --layers: keep the last layer of each equal share, not the first layers");
  app.add_option("--keep-layers", options.kept_layers, "The layers that stay, counted from 0, such as 0,2,4")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--heads", options.heads, "Attention heads that stay in each layer, the most important ones; 0: all")
      ->capture_default_str();
  app.add_option("--head-share", options.head_share, "Or the share of all heads that stays, such as 0.7")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--head-rows", options.head_rows, "Rows of each validation file by which heads are judged")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--valid-sentiment", options.sentiment, "TSV: label, text, [source]");
  app.add_option("--valid-topic", options.topic, "TSV: label, text, [source]");
  app.add_option("--valid-entity", options.entity, "TSV: label, entity, text, [source]");
  app.add_option("--threads", options.threads, "Threads for scoring; speed is measured on one")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Rounds of the speed measurement")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--speed-texts", options.speed_texts, "Validation texts in each round")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

}  // namespace

int run_prune(int argc, char** argv) {
  CLI::App app("Removes vocabulary, layers and attention heads from a model and reports what that costs.",
               "tapewatch-train prune");
  PruneOptions options;
  std::string report_path;
  add_options(app, options);
  app.add_option("--report", report_path, "Also write the report to this file, as JSON");
  return run_subcommand(app, argc, argv, [&] {
    options.command = generic_command({argv, argv + argc});
    const auto report = prune(options, [](const std::string& line) { fmt::print(stderr, "{}\n", line); });
    fmt::print("{}", to_text(report));
    if (report_path.empty()) return;
    std::ofstream file(report_path);
    if (!(file << indented_json(to_json(report))).flush()) {
      throw ModelError(fmt::format("{}: cannot be written", report_path));
    }
  });
}

}  // namespace tapewatch::model::train
