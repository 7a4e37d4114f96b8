// Tested by tests/model/package/model_package_test.cpp
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>

#include "model/package/file_bytes.hpp"
#include "model/package/model_error.hpp"
#include "model/package/model_package.hpp"

// The model directory embedded in the binary (model/weights/CMakeLists.txt); empty if the tree has no weights.
extern "C" {
extern const unsigned char tapewatch_builtin_config_json_begin[], tapewatch_builtin_config_json_end[];
extern const unsigned char tapewatch_builtin_vocab_txt_begin[], tapewatch_builtin_vocab_txt_end[];
extern const unsigned char tapewatch_builtin_model_safetensors_begin[], tapewatch_builtin_model_safetensors_end[];
}

namespace tapewatch::model {
namespace {

constexpr std::string_view kBuiltin = "builtin";

std::span<const std::byte> blob(const unsigned char* begin, const unsigned char* end) {
  return std::as_bytes(std::span(begin, end));
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ModelFiles builtin_files() {
  const ModelFiles files{
      .config_json = text_of(blob(tapewatch_builtin_config_json_begin, tapewatch_builtin_config_json_end)),
      .vocab_txt = text_of(blob(tapewatch_builtin_vocab_txt_begin, tapewatch_builtin_vocab_txt_end)),
      .safetensors = blob(tapewatch_builtin_model_safetensors_begin, tapewatch_builtin_model_safetensors_end)};
  if (files.config_json.empty() || files.vocab_txt.empty() || files.safetensors.empty()) {
    throw ModelError("builtin: this binary was built without weights; give a model directory instead");
  }
  return files;
}

/// Takes the whole pages of `bytes`, a part of the binary, out of the process's memory: whoever reads them again gets
/// them from the file. A refusal costs only memory.
void release_pages(std::span<const std::byte> bytes) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  const auto first = (begin + page - 1) / page * page, last = (begin + bytes.size()) / page * page;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace

std::shared_ptr<const ModelPackage> load_model(std::string_view path, const Engine& engine) {
  if (path == kBuiltin) {
    const auto files = builtin_files();
    auto package = std::make_shared<const ModelPackage>(files, kBuiltin, engine);
    release_pages(files.safetensors);
    return package;
  }
  const std::filesystem::path folder(path);
  if (!std::filesystem::is_directory(folder)) {
    throw ModelError(fmt::format("{}: expected \"builtin\" or a model directory, found no such directory", path));
  }
  const FileBytes config(folder / "config.json"), vocabulary(folder / "vocab.txt"),
      weights(folder / "model.safetensors");
  const ModelFiles files{.config_json = config.text(), .vocab_txt = vocabulary.text(), .safetensors = weights.bytes()};
  return std::make_shared<const ModelPackage>(files, path, engine);
}

}  // namespace tapewatch::model
