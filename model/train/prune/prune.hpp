#pragma once
#include <boost/json/object.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/train/prune/prune_heads.hpp"
#include "model/train/prune/prune_measure.hpp"
#include "model/train/prune/prune_vocabulary.hpp"

namespace tapewatch::model::train {

/// `tapewatch-train prune`.
struct PruneOptions {
  std::string model, out;            // model directories
  std::string name;                  // of the pruned model; empty: the model's with "-pruned"
  std::vector<std::string> corpora;  // with one, the vocabulary is reduced
  VocabularyPruning vocabulary;
  std::size_t layers = 0;                // keep this many; 0: all
  bool even_layers = false;              // evenly, else the first ones
  std::vector<std::size_t> kept_layers;  // these; empty: as `layers` says
  std::size_t heads = 0;                 // keep this many in each layer; 0: all
  std::optional<double> head_share;      // or this share of all heads
  std::size_t head_rows = 500;           // rows of each validation file by which heads are judged
  std::string sentiment, topic, entity;  // validation files
  std::size_t threads = 1;               // of scoring; speed is measured on one
  std::size_t rounds = 5;                // of the speed measurement
  std::size_t speed_texts = 500;         // validation texts in each round
  std::string command;                   // goes into the model's provenance
};

/// A model in numbers.
struct ModelSize {
  std::size_t parameters = 0, bytes = 0, pieces = 0, layers = 0, heads = 0;
};

struct PruneReport {
  std::string from, to;  // versions
  ModelSize before, after;
  std::optional<KeptPieces> pieces;
  std::optional<TokenisationChange> tokenisation;  // of the validation texts
  std::vector<std::size_t> layers;                 // kept, empty: all
  HeadValues importance;                           // of the heads of the kept layers; empty: not requested
  KeptHeads heads;
  std::optional<Speeds> speeds;
  std::vector<Accuracy> accuracy_before, accuracy_after;  // line by line of the same rows
};

/// Prunes vocabulary, then layers, then heads, writes the model directory and measures. Lines of progress go to `log`.
/// Throws ModelError or LabelledDataError, writing nothing.
PruneReport prune(const PruneOptions& options, const std::function<void(const std::string&)>& log);

/// The report as JSON and as a table for people.
boost::json::object to_json(const PruneReport& report);
std::string to_text(const PruneReport& report);

}  // namespace tapewatch::model::train
