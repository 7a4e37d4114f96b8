// Tested by tests/model/package/model_package_test.cpp
#include "model/package/file_bytes.hpp"

#include <fmt/format.h>

#include <fstream>

#include "model/package/model_error.hpp"

namespace tapewatch::model {

FileBytes::FileBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!file || error) throw ModelError(fmt::format("{}: expected a readable file, found none", path.string()));
  if (size > kMaxBytes) {
    throw ModelError(fmt::format("{}: expected at most {} bytes, found {}", path.string(), kMaxBytes, size));
  }
  size_ = size;
  bytes_ = std::make_unique_for_overwrite<std::byte[]>(size_);
  file.read(reinterpret_cast<char*>(bytes_.get()), static_cast<std::streamsize>(size_));
  if (static_cast<std::size_t>(file.gcount()) != size_) {
    throw ModelError(fmt::format("{}: expected {} bytes, could read {}", path.string(), size_, file.gcount()));
  }
}

}  // namespace tapewatch::model
