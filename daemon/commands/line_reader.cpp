// Tested by tests/daemon/commands/score_command_test.cpp
#include "daemon/commands/line_reader.hpp"

#include <streambuf>

namespace tapewatch {

bool LineReader::next(std::string& line) {
  using Traits = std::istream::traits_type;
  line.clear();
  too_long_ = false;
  auto& buffer = *in_.rdbuf();
  auto c = buffer.sbumpc();
  if (Traits::eq_int_type(c, Traits::eof())) return false;
  ++number_;
  for (; !Traits::eq_int_type(c, Traits::eof()) && c != '\n'; c = buffer.sbumpc()) {
    if (line.size() < max_bytes_) {
      line += Traits::to_char_type(c);
    } else {
      too_long_ = true;
    }
  }
  if (!too_long_ && line.ends_with('\r')) line.pop_back();
  return true;
}

}  // namespace tapewatch
