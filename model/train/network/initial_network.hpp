#pragma once
#include "model/train/data/run_data.hpp"
#include "model/train/model_directory.hpp"

namespace tapewatch::model::train {

/// The encoder that a run starts from: the published one with the kept layers, or the shape and vocabulary of a new
/// one. Throws std::runtime_error.
PublishedEncoder initial_encoder(const TrainOptions& options);

/// The network that a run starts from, seeded by options.seed: the encoder unchanged, else random; heads random, or
/// those of a tapewatch model directory if they are for the same labels; adapters if requested.
Network initial_network(const PublishedEncoder& encoder, const TrainOptions& options, const RunData& data);

}  // namespace tapewatch::model::train
