#include "model/train/generic_command.hpp"

#include <filesystem>

namespace tapewatch::model::train {
namespace {

std::string without_folders(const std::string& word) {
  if (word.find('/') == std::string::npos) return word;
  const auto option = word.starts_with("--") ? word.find('=') + 1 : 0;  // --out=/somewhere/model
  return word.substr(0, option) + std::filesystem::path(word.substr(option)).filename().string();
}

}  // namespace

std::string generic_command(std::span<const char* const> words) {
  std::string command = "tapewatch-train";
  for (const std::string word : words) {
    if (word != "--resume") command += ' ' + without_folders(word);  // a resumed run is the same run
  }
  return command;
}

}  // namespace tapewatch::model::train
