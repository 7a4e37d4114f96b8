#include "ingest/feed/parse/xml_characters.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "ingest/text/html_entities.hpp"
#include "ingest/text/utf8.hpp"

namespace tapewatch::ingest {
namespace {

/// What windows-1252 means by the bytes 0x80–0x9F, which ISO 8859-1 and Unicode call control characters.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

bool is_forbidden(std::uint32_t code) {
  if (code < 0x20) return code != '\t' && code != '\n' && code != '\r';
  return (code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF || code > 0x10FFFF;
}

bool is_c1(std::uint32_t code) { return code >= 0x80 && code <= 0x9F; }

void append_mended(std::string& out, std::uint32_t code) {
  const bool known = is_c1(code) && kWindows1252[code - 0x80] != 0;
  if (known) append_utf8(out, kWindows1252[code - 0x80]);
}

/// A numeric reference at `at` ("&#150;", "&#x1F;"): its length and code; length 0 when there is none.
struct Reference {
  std::size_t length = 0;
  std::uint32_t code = 0;
};

Reference numeric_reference(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "&#") return {};
  std::size_t digits = at + 2;
  int base = 10;
  if (digits < text.size() && (text[digits] == 'x' || text[digits] == 'X')) {
    base = 16;
    ++digits;
  }
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(text.data() + digits, text.data() + text.size(), code, base);
  if (error == std::errc::invalid_argument || end == text.data() + text.size() || *end != ';') return {};
  if (error == std::errc::result_out_of_range) code = 0x110000;
  return {static_cast<std::size_t>(end - text.data()) + 1 - at, code};
}

/// "&eacute;" and its like; length 0 for XML's own names and for unknown ones.
Reference named_reference(std::string_view text, std::size_t at) {
  constexpr std::size_t kLongestName = 10;
  const std::size_t end = text.substr(0, at + kLongestName).find(';', at);
  if (end == text.npos) return {};
  const std::string_view name = text.substr(at + 1, end - at - 1);
  for (const std::string_view own : {"amp", "lt", "gt", "quot", "apos"}) {
    if (name == own) return {};
  }
  const auto code = html_entity(name);
  return code ? Reference{end + 1 - at, static_cast<std::uint32_t>(*code)} : Reference{};
}

}  // namespace

std::size_t mend_xml_characters(std::string& text) {
  std::string out;
  std::size_t mended = 0;
  std::size_t copied = 0;  // text before this is in `out`
  const auto replace = [&](std::size_t at, std::size_t length, std::uint32_t code) {
    out.append(text, copied, at - copied);
    append_mended(out, code);
    copied = at + length;
    ++mended;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = [&](std::size_t n) { return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U; };
    if (byte == '&') {
      if (const Reference named = named_reference(text, i); named.length > 0) {
        out.append(text, copied, i - copied);
        append_utf8(out, named.code);
        copied = i + named.length;
        i = copied - 1;
        continue;
      }
      const Reference reference = numeric_reference(text, i);
      if (reference.length > 0 && (is_forbidden(reference.code) || is_c1(reference.code))) {
        replace(i, reference.length, reference.code);
        i += reference.length - 1;
      }
    } else if (byte < 0x20 && is_forbidden(byte)) {
      replace(i, 1, byte);
    } else if (byte == 0xC2 && is_c1(next(1)) && next(1) != 0x85) {  // U+0085 is a line end in some mainframe texts
      replace(i, 2, next(1));
      ++i;
    } else if (byte == 0xEF && next(1) == 0xBF && (next(2) == 0xBE || next(2) == 0xBF)) {
      replace(i, 3, 0xFFFE);
      i += 2;
    }
  }
  if (copied == 0) return 0;
  out.append(text, copied);
  text = std::move(out);
  return mended;
}

}  // namespace tapewatch::ingest
