// Tested by tests/model/package/model_package_test.cpp
#include "model/package/model_writer.hpp"

#include <fmt/format.h>

#include <fstream>

#include "model/package/model_error.hpp"

namespace tapewatch::model {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& folder, const std::string& why) {
  throw ModelError(fmt::format("{}: cannot be written: {}", folder.string(), why));
}

}  // namespace

ModelDirectoryWriter::ModelDirectoryWriter(const fs::path& folder)
    : folder_(folder), target_(fs::absolute(folder).lexically_normal()) {
  check_is_free(folder);
  if (!target_.has_filename()) target_ = target_.parent_path();  // a '/' at the end
  partial_ = fs::path(target_.string() + ".partial");
  std::error_code error;
  fs::remove_all(partial_, error);
  if (!error) fs::create_directories(partial_, error);
  if (error) fail(folder_, error.message());
}

ModelDirectoryWriter::~ModelDirectoryWriter() {
  std::error_code ignored;
  fs::remove_all(partial_, ignored);
}

void ModelDirectoryWriter::write(const std::string& name, std::span<const std::byte> bytes) {
  std::ofstream file(partial_ / name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) fail(folder_, name);
}

void ModelDirectoryWriter::write_weights(std::span<const TensorToWrite> tensors) {
  constexpr const char* kName = "model.safetensors";
  std::ofstream file(partial_ / kName, std::ios::binary);
  write_safetensors(
      [&](std::string_view bytes) { file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); }, tensors);
  if (!file.flush()) fail(folder_, kName);
}

void ModelDirectoryWriter::finish() {
  std::error_code error;
  fs::remove(target_, error);  // an empty directory
  if (!error) fs::rename(partial_, target_, error);
  if (error) fail(folder_, error.message());
}

void check_is_free(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && (!fs::is_directory(folder, error) || !fs::is_empty(folder, error))) {
    throw ModelError(
        fmt::format("{}: expected a directory that does not exist yet, found one with files in it", folder.string()));
  }
}

void write_model_directory(const fs::path& folder, const ModelFiles& files) {
  ModelDirectoryWriter writer(folder);
  writer.write("config.json", std::as_bytes(std::span(files.config_json)));
  writer.write("vocab.txt", std::as_bytes(std::span(files.vocab_txt)));
  writer.write("model.safetensors", files.safetensors);
  writer.finish();
}

}  // namespace tapewatch::model
