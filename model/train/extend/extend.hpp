#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "model/train/prune/prune_vocabulary.hpp"

namespace tapewatch::model::train {

/// `tapewatch-train extend`.
struct ExtendOptions {
  std::string model, out;  // model directories
  /// Of a published encoder, or a model directory, with vocab.txt and model.safetensors: where pieces come from.
  std::string encoder;
  std::vector<std::string> corpora;  // files of texts: what they use is added
  std::size_t min_count = 1;         // times that they use a piece
  std::size_t add = 1500;            // pieces at most
  std::string command;               // goes into the model's provenance
};

struct ExtendReport {
  std::string from, to;             // versions
  std::vector<std::string> added;   // pieces, the most used first
  std::size_t size = 0;             // of the vocabulary now
  TokenisationChange tokenisation;  // of the corpora
};

/// Gives a model back pieces that its vocabulary has lost, those that the corpora use most of the encoder's vocabulary,
/// with the encoder's vectors of words; they follow the pieces that the model has, which keep their numbers. The model
/// reads these words as wholes from then on, and has to be trained on. `encoder` must be what it was once made from, or
/// the vectors mean nothing to it. Throws ModelError, writing nothing.
ExtendReport extend(const ExtendOptions& options);

/// The report for people.
std::string to_text(const ExtendReport& report);

}  // namespace tapewatch::model::train
