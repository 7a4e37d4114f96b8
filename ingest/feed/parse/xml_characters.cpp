// Tested by tests/ingest/feed/parse/feed_charset_test.cpp
#include "ingest/feed/parse/xml_characters.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "ingest/text/html_references.hpp"

namespace tapewatch::ingest {
namespace {

bool is_forbidden(std::uint32_t code) {
  if (code < 0x20) return code != '\t' && code != '\n' && code != '\r';
  return (code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF || code > 0x10FFFF;
}

bool is_c1(std::uint32_t code) { return code >= 0x80 && code <= 0x9F; }

std::string characters_of(std::string_view reference) { return std::move(read_references({reference}).front()); }

/// The meaning of a C1 control in HTML, which reads it as windows-1252; empty for the five without a meaning.
const std::string& meant_by_c1(std::uint32_t code) {
  static const auto kMeant = [] {
    std::array<std::string, 32> meant;
    for (std::uint32_t i = 0; i < meant.size(); ++i) {
      std::string character = characters_of("&#" + std::to_string(0x80 + i) + ';');
      const bool control = character.size() == 2 && character[0] == '\xC2';
      if (!control) meant[i] = std::move(character);
    }
    return meant;
  }();
  return kMeant[code - 0x80];
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

/// HTML's named references, looked up once each.
class NamedReferences {
 public:
  /// The length of a named reference ("&eacute;") at `at`; 0 for XML's own names, unknown names and anything else.
  std::size_t length_at(std::string_view text, std::size_t at) const {
    const std::size_t length = reference_length(text.substr(at));
    const std::string_view reference = text.substr(at, length);
    if (!reference.ends_with(';') || reference[1] == '#') return 0;
    for (const std::string_view own : {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"}) {
      if (reference == own) return 0;
    }
    return length;
  }

  /// As allowed in XML; empty for unknown names.
  const std::string& characters(std::string_view reference) {
    static const std::string kUnknown;
    if (const auto known = known_.find(reference); known != known_.end()) return known->second;
    if (known_.size() >= kMost) return kUnknown;
    std::string characters = characters_of(reference);
    // Of an unknown name at most a prefix is known ("&notit;"), and then the ';' stays.
    if (characters.ends_with(';') && reference != "&semi;") characters.clear();
    return known_.emplace(reference, escape(characters)).first->second;
  }

 private:
  static constexpr std::size_t kMost = 4096;  // there are 2,231 names: invented ones cost no memory

  static std::string escape(std::string_view characters) {
    std::string escaped;
    for (const char c : characters) escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    return escaped;
  }

  std::map<std::string, std::string, std::less<>> known_;
};

}  // namespace

std::size_t mend_xml_characters(std::string& text) {
  std::string out;
  std::size_t mended = 0;
  NamedReferences names;
  std::size_t copied = 0;  // text before this is in `out`
  const auto replace = [&](std::size_t at, std::size_t length, std::uint32_t code) {
    out.append(text, copied, at - copied);
    if (is_c1(code)) out += meant_by_c1(code);
    copied = at + length;
    ++mended;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = [&](std::size_t n) { return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U; };
    if (byte == '&') {
      if (const std::size_t length = names.length_at(text, i); length > 0) {
        const std::string& characters = names.characters(std::string_view(text).substr(i, length));
        if (characters.empty()) continue;
        out.append(text, copied, i - copied);
        out += characters;
        copied = i + length;
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
