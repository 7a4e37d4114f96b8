#pragma once

#include <filesystem>

#include "model/package/model_package.hpp"

namespace tapewatch::model {

/// Writes a model directory. `folder` must not exist or be empty; it appears complete or not at all: the files are
/// written beside it and the directory is renamed. Throws ModelError that names the path.
void write_model_directory(const std::filesystem::path& folder, const ModelFiles& files);

/// Throws ModelError unless `folder` does not exist yet or is an empty directory.
void check_is_free(const std::filesystem::path& folder);

}  // namespace tapewatch::model
