#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "model/package/model_package.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model {

/// A model directory in the making, beside its place: it appears there complete or not at all. Throws ModelError that
/// names the path.
class ModelDirectoryWriter {
 public:
  /// `folder` must not exist or be empty.
  explicit ModelDirectoryWriter(const std::filesystem::path& folder);
  ~ModelDirectoryWriter();
  ModelDirectoryWriter(const ModelDirectoryWriter&) = delete;
  ModelDirectoryWriter& operator=(const ModelDirectoryWriter&) = delete;

  void write(const std::string& name, std::span<const std::byte> bytes);
  void write_weights(std::span<const TensorToWrite> tensors);  // tensor by tensor
  /// Where the files are until finish().
  const std::filesystem::path& partial() const { return partial_; }
  void finish();

 private:
  std::filesystem::path folder_, target_, partial_;
};

/// Writes a model directory. `folder` must not exist or be empty; it appears complete or not at all: the files are
/// written beside it and the directory is renamed. Throws ModelError that names the path.
void write_model_directory(const std::filesystem::path& folder, const ModelFiles& files);

/// Throws ModelError unless `folder` does not exist yet or is an empty directory.
void check_is_free(const std::filesystem::path& folder);

}  // namespace tapewatch::model
