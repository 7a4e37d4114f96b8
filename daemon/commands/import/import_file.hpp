#pragma once

#include <zlib.h>

#include <cstdint>
#include <memory>
#include <string>

namespace tapewatch {

/// How far a file has been read: its lines, and a digest over all of them, which tells whether another file, or the
/// same one, begins with the same lines.
struct ImportPosition {
  std::uint64_t lines = 0;
  std::string digest;

  friend bool operator==(const ImportPosition&, const ImportPosition&) = default;
};

/// A file to import, plain or gzip, line by line in bounded memory; "-" is standard input. Throws std::runtime_error
/// naming the file where it cannot be read, also later: damaged or cut gzip.
class ImportFile {
 public:
  ImportFile(std::string path, std::size_t max_line_bytes);

  /// The next line without its end (LF or CR LF); false at the end of the file. Of a longer line than the limit only
  /// its beginning is kept.
  bool next(std::string& line);
  bool too_long() const { return too_long_; }

  const ImportPosition& position() const { return position_; }
  /// Reads up to a position that an earlier run has reached. False where the file begins with other lines: then it is
  /// at its beginning again. Not for standard input.
  bool skip_to(const ImportPosition& position);

  const std::string& path() const { return path_; }
  bool is_standard_input() const { return path_ == "-"; }
  /// The name in messages: "FILE:LINE".
  std::string name_of(std::uint64_t line) const;
  /// Bytes read of the file as it lies on the disk, and its size; 0 of standard input.
  std::uint64_t bytes_read() const;
  std::uint64_t bytes() const { return bytes_; }
  /// A digest of its beginning; with the name of the file what it is known by.
  std::string identity() const;

 private:
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };

  void open();
  int next_byte();

  const std::string path_;
  const std::size_t max_line_bytes_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::uint64_t bytes_ = 0;
  ImportPosition position_;
  bool too_long_ = false;
};

}  // namespace tapewatch
