#pragma once
#include <span>
#include <string>

namespace tapewatch::model::train {

/// The command line without the folders of paths, for the model's provenance. `words`: after the program.
std::string generic_command(std::span<const char* const> words);

}  // namespace tapewatch::model::train
