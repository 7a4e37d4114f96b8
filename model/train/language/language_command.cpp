// Tested by tests/train/language/language_training_test.cpp
#include "model/train/language/language_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "model/package/model_error.hpp"
#include "model/train/language/language_training.hpp"
#include "model/train/prune/prune_corpus.hpp"
#include "model/train/subcommand.hpp"

namespace tapewatch::model::train {
namespace {

/// The texts of TAG=FILE, or of FILE, whose name is then the tag: de.txt.
std::vector<LanguageRow> read_rows(const std::vector<std::string>& files) {
  std::vector<LanguageRow> rows;
  for (const auto& file : files) {
    const auto equals = file.find('=');
    const bool named = equals != std::string::npos;
    const std::string tag = named ? file.substr(0, equals) : std::filesystem::path(file).stem().string();
    for (auto& text : read_texts(named ? file.substr(equals + 1) : file)) {
      rows.push_back({.language = tag, .text = std::move(text)});
    }
  }
  return rows;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  if (!(out << bytes).flush()) throw ModelError(fmt::format("{}: cannot be written", path));
}

}  // namespace

int run_language(int argc, char** argv) {
  CLI::App app("Trains the recogniser of short texts' languages.", "tapewatch-train language");
  LanguageTrainingOptions options;
  std::string out;
  std::vector<std::string> files;
  app.add_option("--out", out, "The file to write (safetensors)")->required();
  app.add_option("--buckets", options.buckets, "Weights of each language")
      ->check(CLI::Range(64, 1 << 20))
      ->capture_default_str();
  app.add_option("--epochs", options.epochs, "Passes over the texts")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--rate", options.rate, "AdaGrad's rate")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--held-out", options.held_out, "Each such text of a language measures instead of teaching")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of everything random")->capture_default_str();
  app.add_option("TEXTS", files,
                 "Files of texts, one per line, or TSV with a column `text`: de.txt, or of another name en=FILE")
      ->required();
  return run_subcommand(app, argc, argv, [&] {
    const auto rows = read_rows(files);
    const auto trained = train_languages(rows, options, [](const std::string& line) { fmt::print("{}\n", line); });
    fmt::print("{} texts; of those held out:\n", rows.size());
    for (const auto& [margin, refused, passed] : trained.errors) {
      fmt::print("  margin {:>4}: {:.4f} of {} refused, {:.4f} of the others passed\n", margin, refused, options.common,
                 passed);
    }
    write_file(out, trained.file);
  });
}

}  // namespace tapewatch::model::train
