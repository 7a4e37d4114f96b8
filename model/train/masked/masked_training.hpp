#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "model/train/masked/masked_options.hpp"

namespace tapewatch::model::train {

/// How well hidden pieces of the texts that are held out are guessed.
struct MaskedScore {
  double loss = 0.0;  // mean cross entropy, nats
  double accuracy = 0.0;
};

struct MaskedResult {
  MaskedScore before, after;  // before: with a new head on the encoder as it was
  std::size_t held_out = 0;   // texts; none: nothing is measured
  std::int64_t steps = 0;     // of the whole run
  bool finished = false;      // false: stopped by stop_after; nothing is written
};

/// Goes on with the pre-training of an encoder on texts without labels: hidden pieces are guessed from their
/// neighbours (masked_batch.hpp). The head, gelu and norm of a dense layer and the word table's own vectors (Devlin et
/// al. 2019), is new and not kept. The heads of a model directory stay as they are, and no longer fit its encoder until
/// they are trained again. Throws std::runtime_error that names the file.
MaskedResult train_masked(const MaskedOptions& options, const std::function<void(const std::string&)>& log);

}  // namespace tapewatch::model::train
