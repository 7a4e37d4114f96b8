#pragma once

#include <filesystem>
#include <string>

#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"

namespace tapewatch::tests {

/// The tiny model as a directory.
class ModelFolder {
 public:
  explicit ModelFolder(const model::test::TinyModel& model = model::test::TinyModel()) {
    model::test::write_file(folder_.path() / "config.json", model.config_json());
    model::test::write_file(folder_.path() / "vocab.txt", model.vocab_txt);
    model::test::write_file(folder_.path() / "model.safetensors", model.safetensors());
  }
  std::string path() const { return folder_.path().string(); }
  std::string write(const std::string& name, const std::string& bytes) const {
    model::test::write_file(folder_.path() / name, bytes);
    return (folder_.path() / name).string();
  }

 private:
  model::test::ScratchFolder folder_;
};

}  // namespace tapewatch::tests
