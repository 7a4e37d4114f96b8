// Tested by tests/model/package/model_package_test.cpp
#include "model/package/model_writer.hpp"

#include <fmt/format.h>

#include <fstream>

#include "model/package/model_error.hpp"

namespace tapewatch::model {
namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& path, std::span<const std::byte> bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw ModelError(fmt::format("{}: cannot be written", path.string()));
}

}  // namespace

void check_is_free(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && (!fs::is_directory(folder, error) || !fs::is_empty(folder, error))) {
    throw ModelError(
        fmt::format("{}: expected a directory that does not exist yet, found one with files in it", folder.string()));
  }
}

void write_model_directory(const fs::path& folder, const ModelFiles& files) {
  check_is_free(folder);
  auto target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // a '/' at the end
  const auto partial = fs::path(target.string() + ".partial");
  try {
    fs::remove_all(partial);
    fs::create_directories(partial);
    write_file(partial / "config.json", std::as_bytes(std::span(files.config_json)));
    write_file(partial / "vocab.txt", std::as_bytes(std::span(files.vocab_txt)));
    write_file(partial / "model.safetensors", files.safetensors);
    fs::remove(target);  // an empty directory
    fs::rename(partial, target);
  } catch (const std::exception& failed) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    throw ModelError(fmt::format("{}: cannot be written: {}", folder.string(), failed.what()));
  }
}

}  // namespace tapewatch::model
