#pragma once
#include <filesystem>
#include <optional>

#include "model/train/network/network.hpp"
#include "model/train/report/run_progress.hpp"

namespace tapewatch::model::train {

/// The whole resumable state: the learned tensors (the rest is as published), their moving average, optimiser moments,
/// AdaLoRA's rank allocation, libtorch's random generator (dropout) and the progress. The data order is a function of
/// seed and epoch and is not stored.
struct Checkpoint {
  NamedTensors weights, averages, optimiser, ranks;
  torch::Tensor random_state;
  Progress progress;
  std::int64_t run = 0;  // fingerprint of options and rows: another run's checkpoint is refused
};

/// Writes `folder`/checkpoint.pt through a synced temporary and a rename: a crash leaves the old one or the new one.
void save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);
/// Nothing where there is none; throws std::runtime_error where it cannot be read.
std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& folder);
/// The one that a run with this fingerprint goes on from; libtorch's random generator goes on from its state. Throws
/// std::runtime_error where there is none, or one of another run.
Checkpoint resume_from(const std::filesystem::path& folder, std::int64_t run);

/// Writes a file through a synced temporary and a rename. Throws std::runtime_error naming the path.
void write_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace tapewatch::model::train
