#pragma once

#include <cstddef>
#include <istream>
#include <string>

namespace tapewatch {

/// Lines of a stream in bounded memory: of a line over the limit only the first `max_bytes` are kept.
class LineReader {
 public:
  LineReader(std::istream& in, std::size_t max_bytes) : in_(in), max_bytes_(max_bytes) {}

  /// The next line without its end (LF or CR LF) into `line`; false at the end of the stream.
  bool next(std::string& line);

  /// Whether the line just read was longer than the limit.
  bool too_long() const { return too_long_; }
  /// The number of the line, from 1.
  std::size_t number() const { return number_; }
  /// Whether more can be read without waiting, as far as the stream knows, so that output need not be delayed.
  bool more_at_hand() const { return in_.rdbuf()->in_avail() > 0; }

 private:
  std::istream& in_;
  std::size_t max_bytes_;
  std::size_t number_ = 0;
  bool too_long_ = false;
};

}  // namespace tapewatch
