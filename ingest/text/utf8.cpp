#include "ingest/text/utf8.hpp"

#include <unicode/uchar.h>

#include <cstdint>

namespace tapewatch::ingest {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// One step of decoding: a code point with its length, or `valid` false with the length of the ill-formed part that one
// U+FFFD stands for (Unicode 15, table 3-7 and "maximal subpart").
struct Step {
  char32_t code_point = kReplacement;
  std::size_t length = 1;
  bool valid = false;
};

Step decode_step(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = byte(at);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  if (lead < 0xC2 || lead > 0xF4) {
    return {};
  }
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range keeps overlong forms, surrogates and values past U+10FFFF out.
  const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t code_point = lead & (0xFF >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= bytes.size()) {
      return {kReplacement, i, false};
    }
    const std::uint8_t next = byte(at + i);
    if (next < (i == 1 ? low : 0x80) || next > (i == 1 ? high : 0xBF)) {
      return {kReplacement, i, false};
    }
    code_point = (code_point << 6) | (next & 0x3F);
  }
  return {code_point, length, true};
}

// Spaces and controls alike part words; a lone control character has no other meaning in a text.
bool parts_words(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)) || u_iscntrl(static_cast<UChar32>(c)); }

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const Step step = decode_step(bytes, at);
    if (!step.valid) {
      return false;
    }
    at += step.length;
  }
  return true;
}

std::string to_valid_utf8(std::string_view bytes) {
  if (is_valid_utf8(bytes)) {
    return std::string(bytes);
  }
  std::string text;
  text.reserve(bytes.size() + 16);
  for (std::size_t at = 0; at < bytes.size();) {
    const Step step = decode_step(bytes, at);
    append_utf8(text, step.code_point);
    at += step.length;
  }
  return text;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) {
    return text;
  }
  while (max_bytes > 0 && (static_cast<std::uint8_t>(text[max_bytes]) & 0xC0) == 0x80) {
    --max_bytes;
  }
  return text.substr(0, max_bytes);
}

void append_utf8(std::string& text, char32_t code_point) {
  const bool is_scalar = code_point <= 0x10FFFF && !(code_point >= 0xD800 && code_point <= 0xDFFF);
  const char32_t c = is_scalar ? code_point : kReplacement;
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | (c >> 6));
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (c >> 18));
    text += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::string single_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const Step step = decode_step(text, at);
    if (parts_words(step.code_point)) {
      gap = !line.empty();
    } else {
      if (gap) {
        line += ' ';
        gap = false;
      }
      line.append(text, at, step.length);
    }
    at += step.length;
  }
  return line;
}

std::string tidy_lines(std::string_view text) {
  std::string tidy;
  tidy.reserve(text.size());
  bool gap = false;
  int breaks = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Step step = decode_step(text, at);
    // A carriage return is either half of a line break or none at all: it parts words, the line feed breaks.
    if (step.code_point == U'\n' || step.code_point == 0x2028 || step.code_point == 0x2029) {
      ++breaks;
    } else if (parts_words(step.code_point)) {
      gap = true;
    } else {
      if (!tidy.empty()) {
        tidy.append(breaks > 1 ? "\n\n" : breaks == 1 ? "\n" : gap ? " " : "");
      }
      gap = false;
      breaks = 0;
      tidy.append(text, at, step.length);
    }
    at += step.length;
  }
  return tidy;
}

}  // namespace tapewatch::ingest
