#pragma once
#include "model/train/data/run_data.hpp"
#include "model/train/model_directory.hpp"

namespace tapewatch::model::train {

/// The encoder that a run begins with: the published one with the layers that are kept, or the shape and vocabulary of
/// a new one. Throws std::runtime_error.
PublishedEncoder initial_encoder(const TrainOptions& options);

/// The network that a run begins with, seeded by options.seed: the encoder as it is, else at random; heads at random,
/// or those of a model directory of ours where they are for the same labels; adapters where they are asked for.
Network initial_network(const PublishedEncoder& encoder, const TrainOptions& options, const RunData& data);

}  // namespace tapewatch::model::train
