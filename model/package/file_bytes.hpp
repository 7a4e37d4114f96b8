#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace tapewatch::model {

/// A file's bytes in memory; not zeroed first, because 30 MB are read at every start.
class FileBytes {
 public:
  static constexpr std::uintmax_t kMaxBytes = 4ULL << 30;

  /// Throws ModelError that names the file: it cannot be read, it is larger than kMaxBytes.
  explicit FileBytes(const std::filesystem::path& path);

  std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.get()), size_}; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace tapewatch::model
