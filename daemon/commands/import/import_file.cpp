#include "daemon/commands/import/import_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "ingest/document/content_hash.hpp"

namespace tapewatch {
namespace {

constexpr unsigned kBuffer = 256 * 1024;
constexpr std::size_t kHead = 64 * 1024;  // of the content: what a file is known by

}  // namespace

ImportFile::ImportFile(std::string path, std::size_t max_line_bytes)
    : path_(std::move(path)), max_line_bytes_(max_line_bytes) {
  open();
}

void ImportFile::open() {
  position_ = {};
  if (is_standard_input()) {
    file_.reset(gzdopen(dup(STDIN_FILENO), "rb"));
  } else {
    std::error_code error;
    if (std::filesystem::is_directory(path_, error)) throw std::runtime_error(path_ + ": is a folder");
    const auto size = std::filesystem::file_size(path_, error);
    bytes_ = error ? 0 : size;
    file_.reset(gzopen(path_.c_str(), "rb"));
  }
  if (!file_) throw std::runtime_error(path_ + ": cannot be read");
  gzbuffer(file_.get(), kBuffer);
}

int ImportFile::next_byte() {
  const int byte = gzgetc(file_.get());
  if (byte >= 0) return byte;
  int code = Z_OK;
  const char* const why = gzerror(file_.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END) {
    throw std::runtime_error(fmt::format("{}: cannot be read: {}", name_of(position_.lines + 1),
                                         code == Z_BUF_ERROR ? "the gzip data is cut off" : why));
  }
  return byte;
}

bool ImportFile::next(std::string& line) {
  line.clear();
  too_long_ = false;
  int byte = next_byte();
  if (byte < 0) return false;
  for (; byte >= 0 && byte != '\n'; byte = next_byte()) {
    if (line.size() < max_line_bytes_) {
      line += static_cast<char>(byte);
    } else {
      too_long_ = true;
    }
  }
  if (!too_long_ && line.ends_with('\r')) line.pop_back();
  if (position_.lines == 0) {
    if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) {
      throw std::runtime_error(path_ + ": UTF-16; make it UTF-8 first, as with iconv -f UTF-16 -t UTF-8");
    }
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  }
  ++position_.lines;
  position_.digest = ingest::hash_hex(position_.digest + line);
  return true;
}

bool ImportFile::skip_to(const ImportPosition& position) {
  std::string line;
  while (position_.lines < position.lines && next(line)) {
  }
  if (position_ == position) return true;
  open();
  return false;
}

std::string ImportFile::name_of(std::uint64_t line) const {
  return fmt::format("{}:{}", is_standard_input() ? "standard input" : path_, line);
}

std::uint64_t ImportFile::bytes_read() const {
  const auto offset = is_standard_input() ? 0 : gzoffset(file_.get());
  return offset > 0 ? static_cast<std::uint64_t>(offset) : 0;
}

std::string ImportFile::identity() const {
  if (is_standard_input()) return {};
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path_.c_str(), "rb"));
  std::string head(kHead, '\0');
  const int read = file ? gzread(file.get(), head.data(), kHead) : 0;
  head.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
  return ingest::hash_hex(std::filesystem::path(path_).filename().string() + '\n' + head);
}

}  // namespace tapewatch
